#!/bin/sh
# Print what changed on the sites of a tag since the job before, and nothing if nothing changed: changes.sh TAG
# Sites whose last job did not read everything are left out: the nightly batch reports them.
sitemap domains list --tag "${1:?name a tag}" --verdict ok --format csv --quiet | tail -n +2 | cut -d , -f 1 |
    while read -r domain; do
        sitemap diff "$domain" --limit 10 --quiet </dev/null
    done
