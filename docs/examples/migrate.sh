#!/usr/bin/env bash
# Runs one migration with nothing but curl, and prints how each job ended. Exits with 1 unless
# all of it arrived.
#   migrate.sh PROFILE SOURCE DESTINATION      (folders on the machine that Transship runs on)
set -euo pipefail
if [ $# -ne 3 ]; then
  echo "Usage: migrate.sh PROFILE SOURCE DESTINATION" >&2
  exit 2
fi
profile=$1 source=$2 destination=$3

field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
address=$(field address <"$profile/door.json")
token=$(field token <"$profile/door.json")

ask() {
  curl --silent --show-error --no-buffer "$address/graphql" \
    --header "Authorization: Bearer $token" --header 'Content-Type: application/json' "$@"
}

submitted=$(ask --data "{\"query\": \"mutation (\$input: SubmitMigrationInput!) { submitMigration(input: \$input) { migrationId position } }\",
  \"variables\": {\"input\": {
    \"source\": {\"accountId\": \"this-computer\", \"container\": \"$source\"},
    \"destination\": {\"accountId\": \"this-computer\", \"container\": \"$destination\"}}}}")
migration=$(printf '%s' "$submitted" | field migrationId)
if [ -z "$migration" ]; then
  printf '%s\n' "$submitted" >&2
  exit 1
fi
echo "migration $migration"

# What is done already comes first, then what follows; the stream ends when the migration has.
ask --header 'Accept: text/event-stream' \
  --data "{\"query\": \"subscription { migrationOutcomes(migrationId: $migration) { state sourceKey failure { message } } }\"}" |
  sed -n 's/^data: .*"migrationOutcomes":{\(.*\)}}}$/\1/p'

# A source that could not be listed has no jobs that failed: the state of the whole decides.
ended=$(ask --data "{\"query\": \"{ migration(id: $migration) { state listingFailure { message hint } } }\"}")
printf '%s\n' "$ended"
[ "$(printf '%s' "$ended" | field state)" = COMPLETED ]
