#!/bin/sh
# Checks a build and compares it with production, in any pipeline that can run a shell:
#
#   check.sh public https://example.com
#
# The exit code is the worse of the two checks, so that the pipeline stops.
set -u
build=$1 base=$2 worst=0

keep_worst() { [ "$1" -le "$worst" ] || worst=$1; }

# The build alone, with its HTML files: errors stop the pipeline.
sitemap check "$build" --base-url "$base" --probe --format text --format junit:sitemap.xml
keep_worst $?

# The build compared with production: a URL that is gone needs a redirect, which a person has to decide.
sitemap check "$build" --base-url "$base" --against "${PRODUCTION:-$base}" --select SM806 --fail-on warning
keep_worst $?

case $worst in
    0) echo "the sitemaps are fine" ;;
    1) echo "there are findings: see above, and sitemap rules show ID" >&2 ;;
    3) echo "not everything could be read" >&2 ;;
    4 | 6) echo "there is nothing to read" >&2 ;;
    *) echo "the check itself failed" >&2 ;;
esac
exit "$worst"
