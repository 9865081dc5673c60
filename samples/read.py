# Three lines of Python that read a tenant: sandcast serve tenant.zip -- python3 samples/read.py
import json, os, urllib.request
request = urllib.request.Request(os.environ["ION_API_URI"], json.dumps({"query": "{ parts(first: 3) { edges { node { id partNumber revision } } } }"}).encode(), {"Authorization": os.environ["ION_TOKEN"], "Content-Type": "application/json"})
print(json.load(urllib.request.urlopen(request))["data"]["parts"]["edges"])
