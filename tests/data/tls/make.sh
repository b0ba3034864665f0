#!/bin/sh
# Makes the certificates that the tests show and trust; see README.md. Run it in this folder.
set -eu

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

# A client certificate that is its own authority, and its key once more with a password ("secret").
key client
openssl req -x509 -new -key client.key -days 36500 -subj /CN=client -out client.pem
openssl pkey -in client.key -aes256 -passout pass:secret -out client-locked.key

# A certificate of localhost that ended long ago; only `openssl ca` lets one choose the dates.
key expired
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
touch "$folder/index"
cat > "$folder/ca.cnf" <<END
[ca]
default_ca = it
[it]
database = $folder/index
new_certs_dir = $folder
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
basicConstraints = critical,CA:TRUE
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
END
openssl req -new -key expired.key -subj /CN=localhost -out "$folder/request"
openssl ca -batch -config "$folder/ca.cnf" -selfsign -keyfile expired.key -in "$folder/request" \
    -startdate 20200101000000Z -enddate 20200102000000Z -notext -out expired.pem
