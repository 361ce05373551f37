//! One who asks over connections that stay open: at a rate that waits for no answer, or as fast as answers come.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// What is asked, and where.
pub(crate) struct Question {
    pub(crate) address: SocketAddr,
    /// Whom to trust; none for plain HTTP.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) path: &'static str,
    pub(crate) body: Bytes,
}

/// What became of one request.
pub(crate) struct Answer {
    pub(crate) took: Duration,
    /// None if there was no answer.
    pub(crate) status: Option<u16>,
    pub(crate) is_allowed: bool,
    /// The digest of the policies that answered.
    pub(crate) policies: Option<String>,
}

impl Answer {
    pub(crate) fn is_ok(&self) -> bool {
        self.status == Some(200)
    }
}

impl Question {
    async fn connect(&self) -> io::Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else {
            return open(stream).await;
        };
        let name = ServerName::from(self.address.ip());
        let connector = TlsConnector::from(Arc::clone(config));
        open(connector.connect(name, stream).await?).await
    }

    fn request(&self) -> io::Result<Request<Full<Bytes>>> {
        Request::post(self.path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(self.body.clone()))
            .map_err(io::Error::other)
    }
}

async fn open(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> io::Result<SendRequest<Full<Bytes>>> {
    let opened = handshake(TokioIo::new(stream)).await;
    let (sender, connection) = opened.map_err(io::Error::other)?;
    tokio::spawn(connection);
    Ok(sender)
}

/// A connection, which is opened anew after it has ended.
pub(crate) struct Line {
    question: Arc<Question>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Line {
    pub(crate) fn new(question: &Arc<Question>) -> Self {
        Self {
            question: Arc::clone(question),
            sender: None,
        }
    }

    /// Asks, and counts the time from the moment at which it should have been asked.
    pub(crate) async fn ask(&mut self, due: Instant) -> Answer {
        let answered = self.exchange().await;
        let took = due.elapsed();
        match answered {
            Ok(answer) => Answer { took, ..answer },
            Err(_) => Answer {
                took,
                status: None,
                is_allowed: false,
                policies: None,
            },
        }
    }

    async fn exchange(&mut self) -> io::Result<Answer> {
        const ALLOWED: &[u8] = br#""allowed":true"#;
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.question.connect().await?,
        };
        sender.ready().await.map_err(io::Error::other)?;
        let response = sender.send_request(self.question.request()?).await;
        let (parts, body) = response.map_err(io::Error::other)?.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        self.sender = Some(sender);
        let policies = parts.headers.get("x-plumbline-policies");
        let policies = policies.and_then(|digest| digest.to_str().ok());
        Ok(Answer {
            took: Duration::ZERO,
            status: Some(parts.status.as_u16()),
            is_allowed: body.windows(ALLOWED.len()).any(|part| part == ALLOWED),
            policies: policies.map(str::to_owned),
        })
    }
}

/// So many requests a second, for so many seconds. Each is due at its own moment, whatever became of those before, and
/// is timed from that moment: who had to wait for a connection is late.
pub(crate) async fn at_rate(question: &Arc<Question>, rate: u32, seconds: u32) -> Vec<Answer> {
    const LINES: u32 = 64;
    let mut lines = JoinSet::new();
    let mut senders = Vec::new();
    for _ in 0..LINES {
        let (sender, mut due) = unbounded_channel();
        senders.push(sender);
        let mut line = Line::new(question);
        lines.spawn(async move {
            let mut answers = Vec::new();
            while let Some(due) = due.recv().await {
                answers.push(line.ask(due).await);
            }
            answers
        });
    }
    // A thread of its own: timers of the runtime go by the millisecond.
    thread::spawn(move || {
        let begin = Instant::now();
        for (number, sender) in (0..rate * seconds).zip(senders.iter().cycle()) {
            let due = begin + Duration::from_secs(number.into()) / rate;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if sender.send(due).is_err() {
                return;
            }
        }
    });
    lines.join_all().await.into_iter().flatten().collect()
}

/// As many requests as are answered in so many seconds, over so many connections.
pub(crate) async fn at_most(question: &Arc<Question>, lines: u32, seconds: u64) -> Vec<Answer> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut all = JoinSet::new();
    for _ in 0..lines {
        let mut line = Line::new(question);
        all.spawn(async move {
            let mut answers = Vec::new();
            while Instant::now() < end {
                answers.push(line.ask(Instant::now()).await);
            }
            answers
        });
    }
    all.join_all().await.into_iter().flatten().collect()
}

/// How long answers took, the shortest first.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of<'a>(answers: impl Iterator<Item = &'a Answer>) -> Self {
        let mut times: Vec<Duration> = answers.map(|answer| answer.took).collect();
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// What so many of a thousand did not exceed.
    pub(crate) fn within(&self, of_thousand: usize) -> Duration {
        let at = self.0.len().saturating_sub(1) * of_thousand / 1_000;
        self.0.get(at).copied().unwrap_or_default()
    }
}
