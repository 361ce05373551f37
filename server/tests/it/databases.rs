//! Databases for tests: a file of SQLite, and a database of PostgreSQL where there is a server or its programs.
//!
//! `PLUMBLINE_POSTGRES` is the URL of a server in which databases may be made. Without it one is started, which ends
//! when this process does.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use plumbline_server::config::StorePlace;
use plumbline_server::store::{Store, open};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, raw_sql};
use tempfile::TempDir;

/// Runs a server for as long as somebody holds its standard input, and says where its socket is.
const SERVER: &str = r#"
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$1/initdb" -D data -U plumbline -A trust -E UTF8 --no-locale --no-sync >log 2>&1
"$1/postgres" -D data -k "$folder" -c listen_addresses= -c fsync=off </dev/null >>log 2>&1 &
until "$1/pg_isready" -q -h "$folder"; do kill -0 $!; sleep 0.1; done
echo "$folder"
cat >/dev/null
kill -INT $!
wait $! || true
"#;

struct Server {
    url: String,
    _held: Option<(Child, ChildStdin)>,
}

/// A database that is gone when this is dropped.
pub(crate) struct Database {
    pub(crate) place: StorePlace,
    pub(crate) store: Arc<dyn Store>,
    _folder: TempDir,
    url: Option<String>,
}

impl Database {
    /// Runs a statement on a connection of its own.
    pub(crate) async fn run(&self, statement: &'static str) {
        match (&self.place, &self.url) {
            (StorePlace::Sqlite(path), _) => {
                let mut connection = sqlite(path).await;
                raw_sql(statement).execute(&mut connection).await.unwrap();
            }
            (StorePlace::Postgres(_), url) => {
                let mut connection = postgres(url.as_ref().unwrap()).await;
                raw_sql(statement).execute(&mut connection).await.unwrap();
            }
        }
    }
}

/// Holds what a test says of every database that can be had.
pub(crate) async fn on_each(test: impl AsyncFn(&Database)) {
    test(&in_a_file().await).await;
    let Some(server) = server() else {
        return;
    };
    let name = fresh();
    let mut connection = postgres(&server.url).await;
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    raw_sql(create).execute(&mut connection).await.unwrap();
    let joint = if server.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}dbname={name}", server.url);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, format!("{url}\n")).unwrap();
    let place = StorePlace::Postgres(file);
    let database = Database {
        store: open(&place).await.unwrap(),
        place,
        _folder: folder,
        url: Some(url),
    };
    test(&database).await;
    database.store.close().await;
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    raw_sql(drop).execute(&mut connection).await.unwrap();
}

/// A database of SQLite.
pub(crate) async fn in_a_file() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let place = StorePlace::Sqlite(folder.path().join("plumbline.db"));
    Database {
        store: open(&place).await.unwrap(),
        place,
        _folder: folder,
        url: None,
    }
}

pub(crate) async fn sqlite(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn postgres(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("plumbline_test_{}_{number}", std::process::id())
}

fn server() -> Option<&'static Server> {
    static STARTED: OnceLock<Option<Server>> = OnceLock::new();
    let server = STARTED.get_or_init(|| match env::var("PLUMBLINE_POSTGRES") {
        Ok(url) => Some(Server { url, _held: None }),
        Err(_) => started(),
    });
    if server.is_none() {
        println!(
            "left out: PostgreSQL (PLUMBLINE_POSTGRES names no server, and none could be started)"
        );
    }
    server.as_ref()
}

fn started() -> Option<Server> {
    let mut command = Command::new("sh");
    if is_root() {
        // It refuses to run as root.
        command = Command::new("setpriv");
        command.args([
            "--reuid=postgres",
            "--regid=postgres",
            "--init-groups",
            "sh",
        ]);
    }
    let mut child = command
        .arg("-c")
        .arg(SERVER)
        .arg("sh")
        .arg(programs()?)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let held = child.stdin.take()?;
    let mut folder = String::new();
    BufReader::new(child.stdout.take()?)
        .read_line(&mut folder)
        .ok()?;
    let folder = folder.trim_end();
    if folder.is_empty() {
        return None;
    }
    Some(Server {
        url: format!("postgres://plumbline@localhost/postgres?host={folder}"),
        _held: Some((child, held)),
    })
}

/// The folder of the newest programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders
        .filter(|folder| folder.join("initdb").exists())
        .max()
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output();
    user.is_ok_and(|user| user.stdout == b"0\n")
}
