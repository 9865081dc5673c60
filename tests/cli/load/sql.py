"""sql.py FILE STATEMENT: runs it with Python's own SQLite and prints the rows as JSON."""
import json
import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as db:
    for row in db.execute(sys.argv[2]):
        print(json.dumps(row))
