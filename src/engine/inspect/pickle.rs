//! Recognises Python pickles of every protocol by walking their opcodes, without building a single object.
//!
//! Opcodes, their arguments and their effect on the stack follow the comments of CPython's `pickletools`. The walk exists to
//! refuse, so a stream counts as a pickle as soon as it could have called something, even when it breaks off afterwards. Text that
//! merely begins with letters that are opcodes fails within a few steps, because arguments and stack are checked.

/// The longest line argument worth following.
const MAX_LINE_BYTES: usize = 4096;

/// A walk that runs off the end of the prefix after this many opcodes was no accident.
const CONVINCING_OPCODES: usize = 4;

/// Whether the bytes are, or begin with, a pickle.
pub(super) fn is_pickle(bytes: &[u8]) -> bool {
    // Protocols 2 to 5 announce themselves; 0 and 1 in the same place cannot occur but would be no better.
    if matches!(bytes, [0x80, 0..=5, ..]) {
        return true;
    }
    match walk(bytes) {
        End::Pickle => true,
        End::CutShort { opcodes } => opcodes >= CONVINCING_OPCODES,
        End::Invalid => false,
    }
}

/// Whether the bytes of something else would call something, or end as a pickle, if they were taken for a pickle. A counted
/// argument that reaches beyond the bytes given hides what follows it; that is not found here.
pub(super) fn calls_as_pickle(bytes: &[u8]) -> bool {
    matches!(walk(bytes), End::Pickle)
}

fn walk(bytes: &[u8]) -> End {
    Walk { rest: bytes, depth: 0, marks: Vec::new(), saw_global: false, opcodes: 0 }.run()
}

/// How a walk ended.
enum End {
    /// Something was called, or the pickle ended where the bytes end.
    Pickle,
    Invalid,
    /// The bytes ended after so many opcodes.
    CutShort {
        opcodes: usize,
    },
}

struct Walk<'a> {
    rest: &'a [u8],
    /// Objects on the stack above all marks and below them.
    depth: usize,
    /// Depth of the stack at each open mark.
    marks: Vec<usize>,
    saw_global: bool,
    opcodes: usize,
}

enum Step {
    Continue,
    /// Something was called, or the pickle ended where the bytes end.
    Pickle,
    Invalid,
    /// The bytes ended inside an argument.
    Truncated,
}

impl<'a> Walk<'a> {
    fn run(mut self) -> End {
        loop {
            let Some((&opcode, rest)) = self.rest.split_first() else {
                return End::CutShort { opcodes: self.opcodes };
            };
            self.rest = rest;
            match self.step(opcode) {
                Step::Continue => self.opcodes += 1,
                Step::Pickle => return End::Pickle,
                Step::Invalid => return End::Invalid,
                Step::Truncated => return End::CutShort { opcodes: self.opcodes },
            }
        }
    }

    fn step(&mut self, opcode: u8) -> Step {
        match opcode {
            b'(' => self.mark(),
            b'.' => self.stop(),
            b'N' | b']' | b')' | b'}' | 0x88 | 0x89 | 0x8f | 0x97 => self.replace(0, 1),
            b'0' => self.replace(1, 0),
            b'2' => self.replace(1, 2),
            b'Q' | 0x85 | 0x98 => self.replace(1, 1),
            b'a' | 0x86 => self.replace(2, 1),
            b's' | 0x87 => self.replace(3, 1),
            0x94 => self.replace(1, 1),
            b'R' | b'b' | 0x81 => self.call(2),
            0x92 => self.call(3),
            0x93 => self.global(2),
            b'1' => self.close_mark(0),
            b't' | b'l' | b'd' | 0x91 => self.close_mark(1),
            b'e' | b'u' | 0x90 => self.close_mark_into_object(),
            b'o' => self.call_with_mark(),
            b'i' => {
                if self.qualified_name() {
                    self.call_with_mark()
                } else {
                    Step::Invalid
                }
            }
            b'c' => {
                if self.qualified_name() {
                    self.global(0)
                } else {
                    Step::Invalid
                }
            }
            b'F' | b'I' | b'L' => self.line(is_number).then_push(self),
            b'S' => self.line(is_quoted).then_push(self),
            b'P' | b'V' => self.line(|_| true).then_push(self),
            b'g' => self.line(is_number).then_push(self),
            b'p' => self.line(is_number),
            b'K' | b'h' => self.skip(1).then_push(self),
            b'q' | 0x80 => self.skip(1),
            b'M' => self.skip(2).then_push(self),
            b'J' | b'j' => self.skip(4).then_push(self),
            b'r' => self.skip(4),
            b'G' => self.skip(8).then_push(self),
            0x95 => self.skip(8),
            0x82 => self.extension(1),
            0x83 => self.extension(2),
            0x84 => self.extension(4),
            b'U' | b'C' | 0x8a | 0x8c => self.counted(1).then_push(self),
            b'T' | b'X' | b'B' | 0x8b => self.counted(4).then_push(self),
            0x8d | 0x8e | 0x96 => self.counted(8).then_push(self),
            _ => Step::Invalid,
        }
    }

    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn replace(&mut self, taken: usize, put: usize) -> Step {
        match self.depth.checked_sub(taken) {
            Some(below) if below >= self.floor() => {
                self.depth = below + put;
                Step::Continue
            }
            _ => Step::Invalid,
        }
    }

    fn mark(&mut self) -> Step {
        self.marks.push(self.depth);
        Step::Continue
    }

    fn close_mark(&mut self, put: usize) -> Step {
        match self.marks.pop() {
            Some(depth) => {
                self.depth = depth + put;
                Step::Continue
            }
            None => Step::Invalid,
        }
    }

    fn close_mark_into_object(&mut self) -> Step {
        match self.close_mark(0) {
            Step::Continue => self.replace(1, 1),
            other => other,
        }
    }

    fn global(&mut self, taken: usize) -> Step {
        self.saw_global = true;
        self.replace(taken, 1)
    }

    fn call(&mut self, taken: usize) -> Step {
        match self.replace(taken, 1) {
            Step::Continue if self.saw_global => Step::Pickle,
            other => other,
        }
    }

    fn call_with_mark(&mut self) -> Step {
        match self.close_mark(1) {
            Step::Continue => Step::Pickle,
            other => other,
        }
    }

    /// Ends the pickle. Harmless objects followed by other bytes (`N. B.` in a text) do not count.
    fn stop(&self) -> Step {
        if self.depth == 0 {
            return Step::Invalid;
        }
        if self.rest.iter().all(u8::is_ascii_whitespace) { Step::Pickle } else { Step::Invalid }
    }

    fn extension(&mut self, width: usize) -> Step {
        match self.skip(width) {
            Step::Continue => self.global(0),
            other => other,
        }
    }

    fn skip(&mut self, count: usize) -> Step {
        match self.rest.get(count..) {
            Some(rest) => {
                self.rest = rest;
                Step::Continue
            }
            None => Step::Truncated,
        }
    }

    fn counted(&mut self, width: usize) -> Step {
        let Some((length, rest)) = self.rest.split_at_checked(width) else {
            return Step::Truncated;
        };
        self.rest = rest;
        let length = length.iter().rev().fold(0_u64, |sum, &byte| (sum << 8) | u64::from(byte));
        usize::try_from(length).map_or(Step::Truncated, |length| self.skip(length))
    }

    fn line(&mut self, accepts: impl FnOnce(&[u8]) -> bool) -> Step {
        match self.take_line() {
            Some(line) if accepts(line) => Step::Continue,
            Some(_) => Step::Invalid,
            None => Step::Truncated,
        }
    }

    fn take_line(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().take(MAX_LINE_BYTES).position(|&byte| byte == b'\n')?;
        let (line, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..)?;
        Some(line)
    }

    /// Reads the two lines that name a module and something in it.
    fn qualified_name(&mut self) -> bool {
        let module = self.take_line().is_some_and(is_name);
        module && self.take_line().is_some_and(is_name)
    }
}

impl Step {
    fn then_push(self, walk: &mut Walk<'_>) -> Step {
        match self {
            Self::Continue => walk.replace(0, 1),
            other => other,
        }
    }
}

/// Numbers as Python writes them: digits with sign, point, exponent and the `L` of long integers.
fn is_number(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.iter().any(u8::is_ascii_digit)
        && line
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E' | b'L' | b'x'))
}

fn is_quoted(line: &[u8]) -> bool {
    match line.trim_ascii() {
        [first @ (b'\'' | b'"'), .., last] => first == last,
        _ => false,
    }
}

fn is_name(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    !line.is_empty() && line.iter().all(|byte| !byte.is_ascii_whitespace() && !byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::is_pickle;

    #[test]
    fn pickles_of_every_protocol_are_recognised() {
        let cases: &[&[u8]] = &[
            b"cos\nsystem\n(S'id'\ntR.",
            b"(S'id'\nios\nsystem\n.",
            b"(cos\nsystem\nS'id'\no.",
            b"(dp0\nS'a'\np1\nI1\ns.",
            b"(lp0\nI1\naI2\na.",
            b"}q\x00X\x01\x00\x00\x00aq\x01K\x01s.",
            b"\x80\x02}q\x00.",
            b"\x80\x05\x95garbage",
            b"\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
            b"cpkgutil\nresolve_name\n(S'os:system'\ntR",
        ];
        for bytes in cases {
            assert!(is_pickle(bytes), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_call_counts_even_when_garbage_follows() {
        assert!(is_pickle(b"cos\nsystem\n(S'id'\ntR\xff\xff\xff"));
    }

    #[test]
    fn a_pickle_cut_short_still_counts() {
        assert!(is_pickle(b"(dp0\nS'a'\np1\nI1\nsS'b'\nT\xff\xff\x00\x00abc"));
    }

    #[test]
    fn ordinary_text_is_no_pickle() {
        for text in [
            "",
            "N. B. this is text",
            "I am a sentence.",
            "cat\ndog\nbird\n",
            "Sentence one.\nSentence two.",
            "label,text\na,b\n",
            "import os\nprint(1)\n",
            "import\nthis\nnow.",
            "# Title\n",
            "(in brackets)\n",
            "Version 1\n",
            "]",
            "}",
            "0\n1\n2\n",
            "Please read this.\n",
            "V1\nnotes",
            "config\nvalue\n",
            "License: MIT\n",
            "{\"a\": 1}",
            "the\nof\nand\n",
        ] {
            assert!(!is_pickle(text.as_bytes()), "{text:?}");
        }
    }
}
