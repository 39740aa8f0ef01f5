#!/bin/sh
# Tell of a failed weekly run in the one issue about such runs; open it if there is none.
# RUN is the address of the run; GH_REPO and GH_TOKEN are what gh reads.
set -eu
title="The weekly check fails"
text="$RUN failed. \`make newest\`, \`make outside-links\` and \`make audit\` say the same on any machine."
open=$(gh issue list --state open --search "\"$title\" in:title" --json number,title \
    --jq "map(select(.title == \"$title\"))[0].number // empty")
if [ -n "$open" ]; then
    gh issue comment "$open" --body "$text"
else
    gh issue create --title "$title" --body "$text"
fi
