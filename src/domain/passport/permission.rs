//! What a rights holder permits besides, or instead of, the licence that everybody has: sections `permission`.

use chancery_base::values::Language;
use serde::Serialize;

use crate::documents::{Section, codes, read};

codes! {
    /// What somebody may want to do with data or a model.
    Right {
        /// Make copies of it for oneself.
        Copy = "copy",
        /// Train a model on it.
        Train = "train",
        /// Train its weights further.
        Finetune = "finetune",
        /// Train another model on its outputs.
        Distil = "distil",
        /// Change it: prune, filter, annotate, and whatever has no name of its own here.
        Modify = "modify",
        /// Store its weights with fewer bits.
        Quantise = "quantise",
        /// Combine it with others into one.
        Merge = "merge",
        /// Make text, pictures or data with it.
        Generate = "generate",
        /// Turn it, or texts by means of it, into vectors.
        Embed = "embed",
        /// Let others use it over a network.
        Serve = "serve",
        /// Use it for money.
        Commercial = "commercial",
        /// Give copies of it, or of what was made from it, to others.
        Redistribute = "redistribute",
    }
}

impl Right {
    /// The right it is part of, where a wider one covers it: who may change a model may quantise and merge it.
    #[must_use]
    pub const fn wider(self) -> Option<Self> {
        match self {
            Self::Quantise | Self::Merge => Some(Self::Modify),
            _ => None,
        }
    }

    /// What exercising the right is called in a sentence.
    #[must_use]
    pub const fn noun(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Copy => ("copying it", "复制"),
            Self::Train => ("training models on it", "用其训练模型"),
            Self::Finetune => ("training it further", "对其继续训练"),
            Self::Distil => ("training models on its outputs", "用其输出训练模型"),
            Self::Modify => ("changing it", "对其修改"),
            Self::Quantise => ("quantising it", "对其量化"),
            Self::Merge => ("merging it with others", "将其与他者合并"),
            Self::Generate => ("generating with it", "用其生成内容"),
            Self::Embed => ("computing embeddings with it", "用其计算嵌入向量"),
            Self::Serve => ("serving it over a network", "通过网络提供服务"),
            Self::Commercial => ("commercial use", "商业使用"),
            Self::Redistribute => ("giving copies to others", "向他人提供副本"),
        };
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// A permission that the owner of the model says it has: a contract, a letter, a licence that was bought. It is declared,
/// and the owner answers for it; nobody here has read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    /// Who gave it.
    pub holder: String,
    /// What proves it, such as the number of a contract (TC260-003 on corpus sources).
    pub evidence: String,
    /// What it permits, and nothing else.
    pub rights: Vec<Right>,
}

impl Permission {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let holder = section.required("holder", read::text);
        let evidence = section.required("evidence", read::text);
        let rights = section.required_list("rights", read::parsed);
        Some(Self { holder: holder?, evidence: evidence?, rights: rights? })
    }

    /// Whether it covers `right`, by its name or by that of a wider one.
    #[must_use]
    pub fn covers(&self, right: Right) -> bool {
        self.rights.contains(&right) || right.wider().is_some_and(|wider| self.rights.contains(&wider))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_change_it_may_quantise_and_merge_it_but_not_the_other_way_round() {
        let of = |right| Permission { holder: "D".to_owned(), evidence: "letter".to_owned(), rights: vec![right] };
        assert!(of(Right::Modify).covers(Right::Quantise) && of(Right::Modify).covers(Right::Merge));
        assert!(!of(Right::Quantise).covers(Right::Modify) && !of(Right::Modify).covers(Right::Generate));
    }
}
