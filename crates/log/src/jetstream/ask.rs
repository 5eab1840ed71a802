//! Asking until there is an answer: while a cluster elects a leader, nobody answers or the question is lost.

use std::{future::Future, time::Duration};

use async_nats::jetstream::{
    ErrorCode,
    context::{RequestError, RequestErrorKind},
    response::Response,
    stream::Info,
};
use tokio::time::{Instant, sleep};

use super::Shared;
use crate::{BoxError, LogError};

/// The pause before a question is repeated.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// What is wrong with a stream that was there.
pub(super) const GONE: &str = "the stream is not there any more: bring the newest backup back";

/// Why a question was not answered.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody was there to answer, for the moment.
    Yet(BoxError),
    /// Asking again brings nothing else.
    AtAll(BoxError),
}

/// Why the stream says nothing of itself.
#[derive(Debug)]
pub(super) enum NoInfo {
    /// There is none of this name.
    Missing,
    /// Whoever could tell does not answer.
    Silent(BoxError),
}

impl Shared {
    /// Asks again and again until the time for an answer is over.
    pub(super) async fn ask<T, Asking>(&self, question: impl Fn() -> Asking) -> Result<T, BoxError>
    where
        Asking: Future<Output = Result<T, Unanswered>>,
    {
        let until = Instant::now() + self.options.answer_within;
        loop {
            self.link.connected().await?;
            match question().await {
                Ok(answer) => return Ok(answer),
                Err(Unanswered::AtAll(cause)) => return Err(cause),
                Err(Unanswered::Yet(cause)) if Instant::now() + PAUSE >= until => return Err(cause),
                Err(Unanswered::Yet(_)) => sleep(PAUSE).await,
            }
        }
    }

    /// What the stream's leader says of it.
    pub(super) async fn info(&self) -> Result<Info, NoInfo> {
        let subject = format!("STREAM.INFO.{}", self.options.stream);
        let question = || async {
            let answer: Response<Info> = self.link.asking.request(subject.clone(), &()).await.map_err(unanswered)?;
            match answer {
                Response::Ok(info) => Ok(Some(info)),
                Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(None),
                Response::Err { error } => Err(refused(error)),
            }
        };
        match self.ask(question).await {
            Ok(Some(info)) => Ok(info),
            Ok(None) => Err(NoInfo::Missing),
            Err(cause) => Err(NoInfo::Silent(cause)),
        }
    }
}

/// Whether a request without an answer may have one in a moment.
pub(super) fn unanswered(error: RequestError) -> Unanswered {
    match error.kind() {
        RequestErrorKind::NoResponders | RequestErrorKind::TimedOut | RequestErrorKind::Other => {
            Unanswered::Yet(error.into())
        }
        RequestErrorKind::InvalidSubject => Unanswered::AtAll(error.into()),
    }
}

/// Whether the server may say otherwise in a moment: its 5xx are about itself, its 4xx about the question.
pub(super) fn refused(error: async_nats::jetstream::Error) -> Unanswered {
    if (400..500).contains(&error.code()) { Unanswered::AtAll(error.into()) } else { Unanswered::Yet(error.into()) }
}

impl From<NoInfo> for LogError {
    fn from(no: NoInfo) -> LogError {
        LogError::Unavailable(match no {
            NoInfo::Missing => GONE.into(),
            NoInfo::Silent(cause) => cause,
        })
    }
}
