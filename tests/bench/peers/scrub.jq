# Two regexes over the string values of NDJSON: jq -c --arg email E --arg phone P -f scrub.jq
walk(if type == "string" then gsub($email; "EMAIL") | gsub($phone; "PHONE") else . end)
