"""Checks the Containerfile, compose.yaml and the Kubernetes examples against each other and against what they promise."""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
faults = []


def expect(holds, where, rule):
    if not holds:
        faults.append(f"{where}: {rule}")


# The image: the last stage runs the program as a user with a number, and says how it is.
lines = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text()).splitlines()
steps = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
last = max(place for place, (word, _) in enumerate(steps) if word == "FROM")
image = {}
for word, rest in steps[last:]:
    image[word] = f"{image.get(word, '')} {rest}".strip()
variables = dict(re.findall(r"(\w+)=(\S+)", image["ENV"]))
user = image["USER"]
expect(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "Containerfile", f"USER must be numbers other than 0, not {user}")
expect(variables.get("CASTGRAPH_LISTEN") == "0.0.0.0:8080", "Containerfile", "it listens on every address")
expect(image["EXPOSE"] == "8080", "Containerfile", "EXPOSE is the port of CASTGRAPH_LISTEN")
expect(variables["DATABASE_URL"].startswith(image["VOLUME"] + "/"), "Containerfile", "the database is in the volume")
expect(f"--chown={user}" in image["COPY"], "Containerfile", "the volume belongs to the user")
expect('"health"]' in image["HEALTHCHECK"], "Containerfile", "the health check is castgraph's own")
expect(image["ENTRYPOINT"] == '["/usr/bin/castgraph"]', "Containerfile", "the entry point is castgraph, without a shell")
toolchain = re.search(r'channel = "(\d+\.\d+)', (ROOT / "rust-toolchain.toml").read_text())[1]
expect(f"rust:{toolchain}-" in steps[0][1], "Containerfile", f"it builds with Rust {toolchain}")
for _, rest in steps[last:]:
    for source in re.findall(r"--from=build .*?(\S+) \S+$", rest):
        built = any(source in text for word, text in steps[:last] if word == "RUN")
        expect(built, "Containerfile", f"the build stage makes {source}")

# compose.yaml
services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
ours, database = services["castgraph"], services["postgres"]
expect(ours["depends_on"]["postgres"]["condition"] == "service_healthy", "compose.yaml", "it waits for the database")
expect("pg_isready" in database["healthcheck"]["test"], "compose.yaml", "the database has a health check")
expect(database["image"].split(":")[-1].startswith("17"), "compose.yaml", "PostgreSQL 17")
expect(int(ours["environment"]["CASTGRAPH_RATE_LIMIT"]) > 0, "compose.yaml", "there is a rate limit")
expect(all(port.startswith("127.0.0.1:") for port in ours["ports"]), "compose.yaml", "it is published on this machine only")
expect("ports" not in database, "compose.yaml", "the database is not published")
for name, service in services.items():
    for variable, value in service["environment"].items():
        if "PASSWORD" in variable or "postgres://" in str(value):
            expect("${POSTGRES_PASSWORD:?" in value, f"compose.yaml: {name}", f"{variable} takes its password from outside")

# Kubernetes
KINDS = {"PersistentVolumeClaim": "v1", "Deployment": "apps/v1", "Service": "v1", "PodDisruptionBudget": "policy/v1"}
for path in sorted((ROOT / "packaging/kubernetes").glob("*.yaml")):
    where = path.name
    documents = list(yaml.safe_load_all(path.read_text()))
    for document in documents:
        kind = document["kind"]
        expect(KINDS.get(kind) == document["apiVersion"], where, f"{kind} is of {KINDS.get(kind)}")
    deployment = next(document for document in documents if document["kind"] == "Deployment")["spec"]
    pod = deployment["template"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    service = next(document for document in documents if document["kind"] == "Service")["spec"]
    expect(deployment["selector"]["matchLabels"] == labels == service["selector"], where, "selectors and labels agree")
    expect(pod["enableServiceLinks"] is False, where, "no links of services in the environment")
    expect(pod["automountServiceAccountToken"] is False, where, "no token of the cluster")
    security = pod["securityContext"]
    expect(security["runAsNonRoot"] is True, where, "runAsNonRoot")
    expect(f"{security['runAsUser']}:{security['runAsGroup']}" == user, where, f"the user of the image, {user}")
    expect(security["seccompProfile"] == {"type": "RuntimeDefault"}, where, "seccomp")
    for container in pod["containers"] + pod.get("initContainers", []):
        name, own = f"{where}: {container['name']}", container["securityContext"]
        expect(own["readOnlyRootFilesystem"] is True, name, "a root file system that is read only")
        expect(own["allowPrivilegeEscalation"] is False, name, "no privilege escalation")
        expect(own["capabilities"] == {"drop": ["ALL"]}, name, "no capabilities")
        expect({"cpu", "memory"} <= container["resources"]["requests"].keys(), name, "requests")
        expect("memory" in container["resources"]["limits"], name, "a limit of memory")
    server = pod["containers"][0]
    settings = {variable["name"]: variable.get("value") for variable in server["env"]}
    ports = {port["name"]: port["containerPort"] for port in server["ports"]}
    expect(settings["CASTGRAPH_LISTEN"].endswith(f":{ports['http']}"), where, "the port http is that of CASTGRAPH_LISTEN")
    expect(settings["CASTGRAPH_METRICS_LISTEN"].endswith(f":{ports['metrics']}"), where, "the port metrics")
    expect(int(settings["CASTGRAPH_RATE_LIMIT"]) > 0, where, "there is a rate limit")
    drained = float(settings["CASTGRAPH_STOP_DELAY"]) + 30
    expect(pod["terminationGracePeriodSeconds"] > drained, where, f"more time to stop than {drained} s")
    for probe, asked in [("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")]:
        expect(server[probe]["httpGet"]["path"] == asked, where, f"{probe} asks {asked}")
        expect(server[probe]["httpGet"]["port"] in ports, where, f"the port of {probe} has that name")
    expect(service["ports"][0]["targetPort"] in ports, where, "the service leads to a port of the container")
    mounted = {mount["name"]: mount["mountPath"] for mount in server.get("volumeMounts", [])}
    expect(mounted.keys() == {volume["name"] for volume in pod.get("volumes", [])}, where, "each volume is mounted")
    if settings.get("DATABASE_URL"):
        expect(Path(settings["DATABASE_URL"]).parent.as_posix() in mounted.values(), where, "the file is in the volume")
        expect(security["fsGroup"] == int(user.split(":")[1]), where, "the volume belongs to the group of the image")
        expect(deployment["replicas"] == 1, where, "one pod has an SQLite file")
        expect(deployment["strategy"] == {"type": "Recreate"}, where, "the old pod ends first")
    else:
        secret = next(variable for variable in server["env"] if variable["name"] == "DATABASE_URL")
        expect("secretKeyRef" in secret["valueFrom"], where, "the URL comes from a Secret")
        expect(deployment["replicas"] > 1, where, "several pods")
        migrate = pod["initContainers"][0]
        expect(migrate["args"] == ["migrate", "up"] and migrate["image"] == server["image"], where, "the same image migrates")

# The unit has the time that castgraph may take to stop.
unit = (ROOT / "packaging/castgraph.service").read_text()
expect(int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1]) > 31, "castgraph.service", "more time to stop than 31 s")

for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(bool(faults))
