//! What becomes of a request on a wire, and of its answer, as a seed decides.

use std::time::Duration;

use fastrand::Rng;

/// How bad it is: so many of a hundred requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// They, or their answers, arrive late.
    pub late: u8,
    /// They do not arrive, and the connection is lost.
    pub cut: u8,
    /// They arrive, their answers do not, and the connection is lost.
    pub swallowed: u8,
}

/// What a single request meets.
#[derive(Clone, Debug)]
pub enum Trap {
    /// The request that holds this text never arrives.
    Request(Vec<u8>),
    /// The request that holds this text arrives; its answer does not.
    Answer(Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    Passes,
    Late(Duration),
    AnsweredLate(Duration),
    Cut,
    /// The connection is lost after so long.
    Swallowed(Duration),
    /// By a trap: it never arrives.
    Kept,
    /// By a trap: its answer never does.
    AnswerKept,
}

/// The longest delay, in milliseconds.
const LATE: u64 = 40;

/// Where fates are drawn.
pub(super) struct Fates {
    rng: Rng,
    pub(super) weather: Weather,
    pub(super) trap: Option<Trap>,
}

impl Fates {
    pub(super) fn of(rng: Rng) -> Fates {
        Fates { rng, weather: Weather::default(), trap: None }
    }

    /// The seed of one connection.
    pub(super) fn fork(&mut self) -> Rng {
        self.rng.fork()
    }

    pub(super) fn of_request(&mut self, rng: &mut Rng, request: &[u8]) -> Fate {
        let meets = |text: &[u8]| request.windows(text.len()).any(|part| part == text);
        let met = self.trap.take_if(|trap| match trap {
            Trap::Request(text) | Trap::Answer(text) => meets(text),
        });
        match met {
            Some(Trap::Request(_)) => return Fate::Kept,
            Some(Trap::Answer(_)) => return Fate::AnswerKept,
            None => {}
        }
        let Weather { late, cut, swallowed } = self.weather;
        let (drawn, pause) = (rng.u8(..100), Duration::from_millis(rng.u64(1..LATE)));
        match drawn {
            drawn if drawn < cut => Fate::Cut,
            drawn if drawn < cut + swallowed => Fate::Swallowed(pause),
            drawn if drawn < cut + swallowed + late => {
                if rng.bool() {
                    Fate::Late(pause)
                } else {
                    Fate::AnsweredLate(pause)
                }
            }
            _ => Fate::Passes,
        }
    }
}
