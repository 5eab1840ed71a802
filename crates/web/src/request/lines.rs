//! A body as lines, each of bounded length.

use axum::body::Bytes;
use futures::{Stream, StreamExt as _, stream};

use crate::Problem;

/// How long the lines of a body may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// One line.
    pub(crate) line: usize,
    /// All of them.
    pub(crate) body: usize,
}

/// The lines of a body, empty ones left out. One over the bounds, or a body that breaks off, ends it with a problem.
pub(crate) fn of<E>(
    body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    bounds: Bounds,
) -> impl Stream<Item = Result<Vec<u8>, Problem>> + Send {
    let reading = Reading { body, piece: Bytes::new(), line: Vec::new(), taken: 0, bounds, over: false };
    stream::unfold(reading, |mut reading| async move {
        let line = reading.next().await?;
        reading.over |= line.is_err();
        Some((line, reading))
    })
}

struct Reading<S> {
    body: S,
    /// What came last and is not read yet.
    piece: Bytes,
    /// The beginning of a line.
    line: Vec<u8>,
    taken: usize,
    bounds: Bounds,
    over: bool,
}

impl<S, E> Reading<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    async fn next(&mut self) -> Option<Result<Vec<u8>, Problem>> {
        while !self.over {
            let end = self.piece.iter().position(|byte| *byte == b'\n');
            let part = self.piece.split_to(end.unwrap_or(self.piece.len()));
            if self.line.len() + part.len() > self.bounds.line {
                return Some(Err(Problem::too_large(self.bounds.line as u64)));
            }
            self.line.extend_from_slice(&part);
            if end.is_some() {
                let _ = self.piece.split_to(1);
                if let Some(line) = self.whole() {
                    return Some(Ok(line));
                }
                continue;
            }
            match self.body.next().await {
                Some(Ok(bytes)) => {
                    self.taken += bytes.len();
                    if self.taken > self.bounds.body {
                        return Some(Err(Problem::too_large(self.bounds.body as u64)));
                    }
                    self.piece = bytes;
                }
                Some(Err(_)) => return Some(Err(Problem::malformed("the body broke off"))),
                None => {
                    self.over = true;
                    return self.whole().map(Ok);
                }
            }
        }
        None
    }

    /// The line that has come to its end, unless it is blank.
    fn whole(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        (!line.trim_ascii().is_empty()).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    async fn read(pieces: &[&'static str]) -> Vec<Result<Vec<u8>, Problem>> {
        let body = stream::iter(
            pieces.iter().map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece.as_bytes()))).collect::<Vec<_>>(),
        );
        of(body, Bounds { line: 4, body: 12 }).collect().await
    }

    #[tokio::test]
    async fn lines_come_whole_however_the_body_is_cut() {
        let lines = read(&["a", "b\n\n", "cd\nef"]).await;
        let lines: Vec<_> = lines.into_iter().map(Result::unwrap).collect();
        assert_eq!(lines, [b"ab", b"cd", b"ef"]);
    }

    #[tokio::test]
    async fn a_line_or_a_body_over_its_bound_ends_it() {
        for pieces in [&["ab\nabcde\nab\n"][..], &["ab\nab\nab\n", "ab\nab"]] {
            let mut lines = read(pieces).await;
            assert_eq!(lines.pop().unwrap().unwrap_err().code(), "TooLarge");
            assert!(lines.iter().all(Result::is_ok));
        }
    }
}
