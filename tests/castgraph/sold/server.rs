//! A PostgreSQL server of a test's own, set up as the test needs it, with certificates and a pooler.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use sea_orm::sqlx::{ConnectOptions, Connection, Executor, PgConnection, Row, postgres::PgConnectOptions, raw_sql};
use tempfile::TempDir;

/// A server that ends with the test. Whoever comes over its socket is trusted.
pub struct Server {
    programs: PathBuf,
    folder: TempDir,
    pub port: u16,
}

impl Server {
    /// Starts one with these lines in its configuration and in its `pg_hba.conf`, or says loudly that it cannot.
    pub fn start(configuration: &str, access: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            lacking("initdb (on Debian: apt install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let server = Self { programs, folder, port: free_port() };
        Server::give_away(server.path());
        let data = server.path().join("data");
        server.run(
            "initdb",
            &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"],
            &data,
        );
        let socket = server.path().display();
        let own = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{socket}'\nfsync = off\n\
             shared_buffers = 16MB\n{configuration}\n",
            server.port
        );
        append(&data.join("postgresql.conf"), &own);
        fs::write(data.join("pg_hba.conf"), format!("local all all trust\n{access}\n")).expect("the access");
        Some(server)
    }

    /// Starts it; files that its configuration names must be there by now.
    pub fn launch(self) -> Self {
        let data = self.path().join("data");
        let log = self.path().join("log");
        self.run("pg_ctl", &["start", "--wait", "--silent", "-l", log.to_str().expect("a path"), "-D"], &data);
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that belongs to the server.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).expect("the file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        Self::give_away(&path);
        path
    }

    /// As the superuser, over the socket.
    pub async fn connect(&self, database: &str) -> PgConnection {
        let options = PgConnectOptions::new_without_pgpass().socket(self.path()).port(self.port);
        options.username("postgres").database(database).connect().await.expect("it answers")
    }

    pub async fn execute(&self, database: &str, sql: &str) {
        let mut connection = self.connect(database).await;
        for statement in sql.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            connection
                .execute(sea_orm::sqlx::AssertSqlSafe(statement))
                .await
                .unwrap_or_else(|reason| panic!("{statement}: {reason}"));
        }
        connection.close().await.expect("it closes");
    }

    /// The only value of the only row.
    pub async fn value(&self, database: &str, sql: &str) -> String {
        let mut connection = self.connect(database).await;
        let row = raw_sql(sea_orm::sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.expect("a row");
        row.try_get(0).expect("a text")
    }

    fn run(&self, program: &str, arguments: &[&str], data: &Path) {
        let mut command = as_owner(&self.programs.join(program));
        // What stays behind must not hold a pipe open.
        let log = fs::File::create(std::env::temp_dir().join(format!("castgraph-{}.log", self.port))).expect("a log");
        let status = command
            .args(arguments)
            .arg(data)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log"))
            .stderr(log)
            .status();
        assert!(status.expect("it runs").success(), "{program} {arguments:?}, see castgraph-{}.log", self.port);
    }

    /// PostgreSQL does not run as root.
    fn give_away(path: &Path) {
        if is_root() {
            let done = Command::new("chown").arg("postgres").arg(path).status().expect("chown runs");
            assert!(done.success());
        }
        if path.is_dir() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.path().join("data");
        let mut stop = as_owner(&self.programs.join("pg_ctl"));
        let _ = stop
            .args(["stop", "--silent", "--mode", "immediate", "-D"])
            .arg(data)
            .current_dir("/")
            .stderr(Stdio::null())
            .status();
        let _ = fs::remove_file(std::env::temp_dir().join(format!("castgraph-{}.log", self.port)));
    }
}

/// A `PgBouncer` in its mode `transaction` before a server.
pub struct Pooler {
    process: Child,
    _folder: TempDir,
    pub port: u16,
}

impl Pooler {
    /// Starts one with these lines in its configuration, or says loudly that it cannot.
    pub fn start(server: &Server, configuration: &str) -> Option<Self> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].iter().find(|path| Path::new(path).exists());
        let Some(program) = program else {
            lacking("pgbouncer (on Debian: apt install pgbouncer)");
            return None;
        };
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        Server::give_away(folder.path());
        let (users, ini) = (folder.path().join("users.txt"), folder.path().join("pgbouncer.ini"));
        fs::write(&users, "\"postgres\" \"\"\n\"keeper\" \"\"\n").expect("the users");
        let text = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\n{configuration}\n",
            server.path().display(),
            server.port,
            users.display()
        );
        fs::write(&ini, text).expect("its configuration");
        let process = as_owner(Path::new(program))
            .arg(&ini)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let pooler = Self { process: process.expect("pgbouncer runs"), _folder: folder, port };
        // Castgraph waits for a server that is starting, other tools do not.
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(pooler)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority, and what it signs: files in a folder.
pub struct Authority<'f> {
    folder: &'f Path,
    name: &'static str,
}

impl<'f> Authority<'f> {
    /// Makes one, or says loudly that it cannot.
    pub fn make(folder: &'f Path, name: &'static str) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            lacking("openssl");
            return None;
        }
        let authority = Self { folder, name };
        let (key, certificate) = (authority.path(&format!("{name}.key")), authority.certificate());
        openssl(
            &["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2", "-subj"],
            &[
                &format!("/CN={name}"),
                "-keyout",
                &key,
                "-out",
                &certificate,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
            ],
        );
        Some(authority)
    }

    pub fn certificate(&self) -> String {
        self.path(&format!("{}.crt", self.name))
    }

    /// Signs a certificate of `name` for hosts like `DNS:localhost`; the paths of the certificate and of its key.
    pub fn sign(&self, name: &str, hosts: &str) -> (String, String) {
        let (key, request, certificate) =
            (self.path(&format!("{name}.key")), self.path("request"), self.path(&format!("{name}.crt")));
        openssl(
            &["req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj"],
            &[&format!("/CN={name}"), "-keyout", &key, "-out", &request],
        );
        let extensions = self.path("extensions");
        fs::write(&extensions, format!("subjectAltName={hosts}\n")).expect("the extensions");
        openssl(
            &["x509", "-req", "-days", "2", "-in"],
            &[
                &request,
                "-CA",
                &self.certificate(),
                "-CAkey",
                &self.path(&format!("{}.key", self.name)),
                "-CAcreateserial",
                "-extfile",
                &extensions,
                "-out",
                &certificate,
            ],
        );
        (certificate, key)
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().expect("a path").to_owned()
    }
}

fn openssl(first: &[&str], rest: &[&str]) {
    let Output { status, stderr, .. } = Command::new("openssl").args(first).args(rest).output().expect("openssl runs");
    assert!(status.success(), "{first:?} {rest:?}: {}", String::from_utf8_lossy(&stderr));
}

fn lacking(what: &str) {
    assert!(std::env::var_os("CASTGRAPH_TEST_REQUIRE_POSTGRES").is_none(), "there is no {what}");
    let text = format!("\n*** NOT TESTED WITH A POSTGRESQL OF ITS OWN: there is no {what} ***\n");
    // Not eprintln!, which the test harness hides.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Where the programs of a PostgreSQL server are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut found: Vec<PathBuf> = versions.filter(|folder| folder.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

fn as_owner(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs").stdout;
    id.trim_ascii() == b"0"
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

fn append(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().append(true).open(path).expect("the file");
    file.write_all(text.as_bytes()).expect("the lines");
}
