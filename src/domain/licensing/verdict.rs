//! What can be known about a use: the verdict of a text, how sure its reading is, and what the answer rests on.

use crate::documents::codes;

codes! {
    /// What is known about a use, from best to worst: the verdict on several things is the worst of theirs.
    Verdict {
        /// The text permits it.
        Permitted = "permitted",
        /// The text permits it if something is done or kept to.
        Conditional = "conditional",
        /// The text does not address it.
        Silent = "silent",
        /// Nobody has read the text: it is not in the catalogue.
        Unread = "unread",
        /// The text leaves it to its holder, who must have permitted it.
        Reserved = "reserved",
        /// There is no licence to read.
        Missing = "missing",
        /// The text forbids it.
        Forbidden = "forbidden",
    }
}

codes! {
    /// A verdict in the four words that a reader needs, in the same order.
    Outcome {
        /// Nothing stands in the way.
        Allowed = "allowed",
        /// Allowed if something is done or kept to.
        Conditional = "conditional",
        /// At least one text does not address it, and nobody has taken a position.
        Silent = "silent",
        /// A text forbids it, or nothing that could be read permits it.
        Forbidden = "forbidden",
    }
}

codes! {
    /// What an answer rests on.
    Basis {
        /// A licence text, or a permission of the holder beside it.
        Licence = "licence",
        /// A statute, which somebody has decided to rely on.
        Statute = "statute",
        /// A position that somebody has taken where texts are silent.
        Position = "position",
    }
}

codes! {
    /// How sure the reading of a clause is.
    Certainty {
        /// The clause says so.
        Settled = "settled",
        /// Readers can disagree, or the clause was not checked against the text; the note says which.
        Uncertain = "uncertain",
    }
}

impl Verdict {
    /// The verdict in four words. A text that nobody read, that keeps everything to its holder or that is missing permits
    /// nothing, so each of these forbids until somebody reads it or the holder permits it.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Permitted => Outcome::Allowed,
            Self::Conditional => Outcome::Conditional,
            Self::Silent => Outcome::Silent,
            Self::Unread | Self::Reserved | Self::Missing | Self::Forbidden => Outcome::Forbidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_verdict_never_reads_as_a_better_outcome() {
        assert!(Verdict::ALL.windows(2).all(|pair| pair[0].outcome() <= pair[1].outcome()));
    }
}
