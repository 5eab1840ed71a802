//! How far a long work is, drawn where a person looks on.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for work of a known length.
pub(crate) fn bar(length: u64) -> ProgressBar {
    styled(length, "{msg:16} {wide_bar} {human_pos}/{human_len}  {per_sec}  {eta}")
}

/// A bar for a file, measured in bytes.
pub(crate) fn bytes(length: u64) -> ProgressBar {
    styled(length, "{msg:16} {wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}")
}

fn styled(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    /// A terminal that remembers what was written on it.
    #[derive(Clone, Debug, Default)]
    struct Written(Arc<Mutex<String>>);

    impl TermLike for Written {
        fn width(&self) -> u16 {
            100
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn drawn(bar: &ProgressBar, done: u64) -> String {
        let written = Written::default();
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(written.clone())));
        bar.set_position(done);
        bar.abandon();
        written.0.lock().unwrap().clone()
    }

    #[test]
    fn a_file_is_measured_in_bytes_and_commands_are_counted() {
        let (file, commands) = (drawn(&bytes(5 << 20), 2 << 20), drawn(&bar(20_000), 10_000));
        assert!(file.contains("2.00 MiB/5.00 MiB") && file.contains("B/s"), "{file}");
        assert!(commands.contains("10,000/20,000") && !commands.contains('B'), "{commands}");
    }
}
