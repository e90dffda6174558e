//! A small WebSocket client, which says exactly what it is told to, also what a real one would not.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// How long to wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The header that offers the protocol of castgraph.
const PROTOCOL: &str = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n";

/// A socket.
pub struct Socket {
    stream: TcpStream,
    /// The subprotocol that the server has agreed to.
    pub protocol: Option<String>,
}

/// What a server sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    Ping,
    Close(u16, String),
    /// The end of the connection.
    End,
}

impl Socket {
    /// Opens a socket with the protocol of castgraph, or shows the response that refuses it.
    pub async fn open(address: SocketAddr) -> Self {
        Self::open_with(address, PROTOCOL).await.expect("an upgrade")
    }

    /// Opens a socket with these headers, or returns the response that refuses it.
    pub async fn open_with(address: SocketAddr, headers: &str) -> Result<Self, String> {
        Self::upgrade(TcpStream::connect(address).await.expect("a connection"), headers).await
    }

    async fn upgrade(mut stream: TcpStream, headers: &str) -> Result<Self, String> {
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("it is sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.expect("an answer").expect("an answer"));
        }
        let mut head = String::from_utf8(head).expect("a head");
        if !head.starts_with("HTTP/1.1 101") {
            let mut body = vec![0; 4096];
            let length = timeout(PATIENCE, stream.read(&mut body)).await.expect("a body").unwrap_or_default();
            head.push_str(&String::from_utf8_lossy(&body[..length]));
            return Err(head);
        }
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the key of RFC 6455 is accepted: {head}");
        let protocol = head
            .to_lowercase()
            .lines()
            .find_map(|line| Some(line.strip_prefix("sec-websocket-protocol: ")?.to_owned()));
        Ok(Self { stream, protocol })
    }

    /// Opens a socket and waits for the acknowledgement.
    pub async fn ready(address: SocketAddr) -> Self {
        let mut socket = Self::open(address).await;
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Opens a socket with small buffers, for a client that does not read.
    pub async fn deaf(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let stream = socket.connect(address).await.expect("a connection");
        let mut socket = Self::upgrade(stream, PROTOCOL).await.expect("an upgrade");
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Sends a message.
    pub async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    /// Sends a text.
    pub async fn say_text(&mut self, text: &str) {
        self.frame(1, text.as_bytes()).await;
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// Sends a frame. The server may have closed the connection, which shows when it is read.
    pub async fn frame(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short).expect("short")),
            long => {
                frame.push(0x80 | 127);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        // Masked with zeros.
        frame.extend([0; 4]);
        frame.extend(payload);
        let _ = self.stream.write_all(&frame).await;
    }

    /// What the server sends next.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.read()).await.expect("something is heard in time")
    }

    /// What the server sends next, if that is soon.
    pub async fn hear_within(&mut self, time: Duration) -> Option<Heard> {
        timeout(time, self.read()).await.ok()
    }

    /// The next message, which is about the operation `id` and of this type.
    pub async fn expect(&mut self, id: &str, kind: &str) -> Value {
        match self.hear().await {
            Heard::Message(message) if message["id"] == id && message["type"] == kind => message["payload"].clone(),
            other => panic!("not {kind} of {id}: {other:?}"),
        }
    }

    /// The code and the reason with which the server closes the socket next.
    pub async fn closed(&mut self) -> (u16, String) {
        match self.hear().await {
            Heard::Close(code, reason) => (code, reason),
            other => panic!("not closed: {other:?}"),
        }
    }

    async fn read(&mut self) -> Heard {
        let Ok(head) = self.stream.read_u16().await else { return Heard::End };
        let length = match head & 0x7f {
            126 => u64::from(self.stream.read_u16().await.expect("a length")),
            127 => self.stream.read_u64().await.expect("a length"),
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).expect("a small frame")];
        if self.stream.read_exact(&mut payload).await.is_err() {
            return Heard::End;
        }
        match head >> 8 & 0xf {
            1 => Heard::Message(serde_json::from_slice(&payload).expect("JSON")),
            8 => {
                let code = payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]));
                Heard::Close(code, String::from_utf8_lossy(payload.get(2..).unwrap_or_default()).into_owned())
            }
            9 => Heard::Ping,
            other => panic!("an unexpected frame: {other}"),
        }
    }
}
