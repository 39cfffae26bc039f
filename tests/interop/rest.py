"""Lets third-party clients loose on the REST APIs of the embedded server.

newman plays a collection of the calls of CSSM, mCSSMapi logs in and lists licences at the vendor's
host names (a CONNECT proxy of this file leads them to the embedded server; nothing leaves the
machine), and schemathesis sends what the OpenAPI document allows and what it forbids. Run by `just
interop`, which installs all three. Arguments: the program `muster`, and newman.
"""

import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
CLIENT, SECRET = "interop", "for-interop-only"
VENDOR_HOSTS = ["swapi.cisco.com", "cloudsso.cisco.com"]
EXAMPLES = 15
LICENCE = "regid.2018-12.com.cisco.DNA_P_250M_A,1.0_0fd78701-7613-45a5-a3e1-8f1b619304fa"
EXPORT = "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844"
SOFTWARE = "regid.2019-10.com.cisco.C8000V,1.0_e361c3dc-27c2-4084-b4a4-cae639cff335"


class Server:
    """A `muster serve` with a client that may do everything."""

    def __init__(self, muster, folder):
        names = [word for name in VENDOR_HOSTS for word in ("--name", name)]
        command = [muster, "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json"]
        command += ["--client", f"{CLIENT}:{SECRET}", "--write-ca", "ca.pem", *names]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the server did not start")
        self.admin = json.loads(line)["admin"]
        self.ca = str(pathlib.Path(folder) / "ca.pem")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


class Detour(threading.Thread):
    """A CONNECT proxy that leads every host to one address."""

    def __init__(self, address):
        super().__init__(daemon=True)
        host, port = address.removeprefix("https://").split(":")
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked_for = set()

    def run(self):
        while True:
            taken, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(taken,), daemon=True).start()

    def carry(self, taken):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = taken.recv(4096)
            if not piece:
                return
            head += piece
        method, authority, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method != "CONNECT":
            taken.sendall(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
            taken.close()
            return
        self.asked_for.add(authority)
        onward = socket.create_connection(self.target)
        taken.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        other = {taken: onward, onward: taken}
        while True:
            for ready in select.select(list(other), [], [])[0]:
                piece = ready.recv(65536)
                if not piece:
                    taken.close()
                    onward.close()
                    return
                other[ready].sendall(piece)


def report(number):
    """A RUM report of a product instance that cannot report itself, as a client reads it."""
    sudi = {"udi_pid": "C8000V", "udi_serial_number": "9NEWMAN0001"}
    payload = {
        "asset_identification": {
            "asset": {"name": SOFTWARE},
            "instance": {"sudi": sudi},
            "signature": {"signing_type": "builtin", "key": SOFTWARE, "value": "bXVzdGVy"},
        },
        "meta": {"entitlement_tag": LICENCE, "report_id": number, "ha_udi": []},
        "measurements": [
            {
                "log_time": 1780000900,
                "metric_name": "ENTITLEMENT",
                "start_time": 1780000000,
                "end_time": 1780000900,
                "sample_interval": 900,
                "num_samples": 1,
                "value": {"type": "COUNT", "value": "1"},
            }
        ],
    }
    signature = {"sudi": sudi, "signing_type": "SHA-256", "key": SOFTWARE, "value": "bXVzdGVy"}
    return {"payload": json.dumps(payload, separators=(",", ":")), "signature": signature}


def newman(server, program):
    variables = {
        "server": server.admin,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "software_tag": SOFTWARE,
        "export_tag": EXPORT,
        "usage": json.dumps([report(1780000001), report(1780000002)], separators=(",", ":")),
    }
    command = [program, "run", str(HERE / "rest" / "cssm-calls.postman_collection.json")]
    command += ["--ssl-extra-ca-certs", server.ca, "--color", "off", "--bail"]
    for name, value in variables.items():
        command += ["--env-var", f"{name}={value}"]
    return subprocess.run(command, check=False).returncode == 0


MCSSMAPI = """
import sys
from mcssmapi import Licensing
api = Licensing(sys.argv[1], sys.argv[2])
for step, result in [
    ("log in", api.bearer_update()),
    ("licence usage", api.smart_license_usage("Muster Test SA", 50, 0, "Default")),
]:
    print("mCSSMapi", step, "success" if result["success"] else result)
    if not result["success"]:
        raise SystemExit(1)
if not result["response"]["licenses"]:
    raise SystemExit("mCSSMapi: no licence is listed")
"""


def mcssmapi(server):
    detour = Detour(server.admin)
    detour.start()
    environment = os.environ | {"HTTPS_PROXY": detour.url, "REQUESTS_CA_BUNDLE": server.ca}
    environment.pop("NO_PROXY", None)
    command = [sys.executable, "-c", MCSSMAPI, CLIENT, SECRET]
    passed = subprocess.run(command, env=environment, check=False).returncode == 0
    hosts = {authority.split(":")[0] for authority in detour.asked_for}
    if hosts != set(VENDOR_HOSTS):
        print(f"mCSSMapi asked for {sorted(hosts)}, not {sorted(VENDOR_HOSTS)}")
        return False
    return passed


def token(server):
    body = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    command = ["curl", "--silent", "--fail", "--cacert", server.ca, f"{server.admin}/oauth/token"]
    command += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said)["access_token"]


def schemathesis(server, folder):
    program = str(pathlib.Path(sys.executable).parent / "st")
    checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance"]
    checks += ["response_schema_conformance"]
    command = [program, "run", f"{server.admin}/openapi.json", "--tls-verify", server.ca]
    command += ["--header", f"Authorization: Bearer {token(server)}", "--no-color"]
    command += ["--checks", ",".join(checks), "--max-examples", str(EXAMPLES), "--seed", "7"]
    # It leaves a folder where it runs.
    return subprocess.run(command, check=False, cwd=folder).returncode == 0


def main():
    muster, newman_program = sys.argv[1:]
    muster = str(pathlib.Path(muster).resolve())
    with tempfile.TemporaryDirectory() as folder:
        server = Server(muster, folder)
        try:
            outcomes = {
                "newman": newman(server, newman_program),
                "mCSSMapi": mcssmapi(server),
                "schemathesis": schemathesis(server, folder),
            }
        finally:
            ended = server.stop()
    for name, passed in outcomes.items():
        print(f"{name}: {'passed' if passed else 'FAILED'}")
    if ended not in (0, 130):
        raise SystemExit(f"the server ended with {ended}")
    if not all(outcomes.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
