//! A cause in plain words: which thing, which clause, what it means and what to do next.

use chancery_base::values::{Language, Localized};

use super::{
    catalogue::{Right, Verdict},
    effective::Cause,
};

impl Cause {
    /// The cause as one sentence in both languages, ending with the next step.
    #[must_use]
    pub fn message(&self) -> Localized {
        let Self { title, right, .. } = self;
        let (english, chinese) = (right.noun(Language::English), right.noun(Language::Chinese));
        let (licence_en, licence_zh) = self.licence_and_clause();
        match (self.effect, &self.condition) {
            (Verdict::Forbidden, _) => Localized::new(
                format!(
                    "`{title}` is under {licence_en}, which forbids {english}; \
                     make the model without it or ask its rights holder for a licence that permits this"
                ),
                format!(
                    "“{title}”适用{licence_zh}，禁止{chinese}；请在不使用它的情况下重新制作模型，或向其权利人取得相应许可"
                ),
            ),
            (Verdict::Missing, _) => Localized::new(
                format!(
                    "no licence is known for `{title}`, so nothing permits {english}; ask the model's owner to declare it"
                ),
                format!("“{title}”没有已知的许可，{chinese}缺乏依据；请模型权利人补充声明"),
            ),
            (Verdict::Conditional, Some(condition)) => Localized::new(
                format!("`{title}` is under {licence_en}, which permits {english} on a condition: {}", condition.en),
                format!("“{title}”适用{licence_zh}，有条件地许可{chinese}：{}", condition.zh),
            ),
            (Verdict::Silent | Verdict::Conditional, _) => Localized::new(
                format!(
                    "`{title}` is under {licence_en}, which does not address {english}; have counsel decide and record it"
                ),
                format!("“{title}”适用{licence_zh}，其文本未涉及{chinese}；请由法务判断并记录"),
            ),
            (Verdict::Permitted, _) => Localized::new(
                format!("`{title}` is under {licence_en}, which permits {english}"),
                format!("“{title}”适用{licence_zh}，许可{chinese}"),
            ),
        }
    }

    fn licence_and_clause(&self) -> (String, String) {
        match (&self.licence, &self.clause) {
            (Some(licence), Some(clause)) => {
                (format!("{licence}, clause {clause}"), format!(" {licence} 第 {clause} 条"))
            }
            (Some(licence), None) => (licence.clone(), format!(" {licence} ")),
            (None, _) => ("no known licence".to_owned(), "未知许可".to_owned()),
        }
    }
}

impl Right {
    /// What exercising the right is called in a sentence.
    const fn noun(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Train => ("training models on it", "用其训练模型"),
            Self::Finetune => ("training it further", "对其继续训练"),
            Self::Distil => ("training models on its outputs", "用其输出训练模型"),
            Self::Modify => ("changing it", "对其修改"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::lineage::NodeId;

    fn cause(effect: Verdict, licence: Option<&str>, clause: Option<&str>) -> Cause {
        Cause {
            node: NodeId("acme/tone@v1#dataset[1]".to_owned()),
            title: "reviews 2024".to_owned(),
            licence: licence.map(str::to_owned),
            right: Right::Commercial,
            activity: None,
            effect,
            clause: clause.map(str::to_owned),
            condition: None,
            source: None,
            path: Vec::new(),
        }
    }

    #[test]
    fn names_the_thing_the_clause_and_the_next_step() {
        let message = cause(Verdict::Forbidden, Some("CC-BY-NC-4.0"), Some("2(a)(1)")).message();
        assert_eq!(
            message.en,
            "`reviews 2024` is under CC-BY-NC-4.0, clause 2(a)(1), which forbids commercial use; \
             make the model without it or ask its rights holder for a licence that permits this"
        );
        for part in ["reviews 2024", "CC-BY-NC-4.0", "2(a)(1)", "商业使用"] {
            assert!(message.zh.contains(part), "{part} in {}", message.zh);
        }
    }

    #[test]
    fn silence_and_absence_never_sound_like_permission() {
        for effect in [Verdict::Silent, Verdict::Missing] {
            let message = cause(effect, None, None).message();
            assert!(!message.en.contains("which permits"), "{}", message.en);
        }
    }
}
