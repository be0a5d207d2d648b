//! Conflicts in sentences, in both languages.

use chancery_base::values::{Language, Localized};

use super::conflict::{Conflict, Fact, Opposite, Side};

/// Says which two things cannot be had together.
pub(super) fn explain(conflict: &Conflict) -> Localized {
    let Side { title, licence, clause, .. } = &conflict.this;
    let (en, zh) = match &conflict.other {
        Opposite::Clause(other) => against_clause(other),
        Opposite::Fact(fact) => against_fact(fact),
    };
    Localized {
        en: format!("{title} is under {licence} ({clause}), {en}"),
        zh: format!("{title} 适用 {licence}（{clause}），{zh}"),
    }
}

fn against_clause(Side { title, licence, clause, .. }: &Side) -> (String, String) {
    (
        format!("and {title} under {licence} ({clause}): each asks that the whole passes on under itself"),
        format!("而 {title} 适用 {licence}（{clause}）：两者均要求整体以自身许可传播"),
    )
}

fn against_fact(fact: &Fact) -> (String, String) {
    match fact {
        Fact::Paid => {
            ("which forbids commercial use; the use is for money".into(), "禁止商业使用，而该使用是有偿的".into())
        }
        Fact::SharesAdapted => (
            "which does not let adaptations be shared; one would be".into(),
            "不得分享改编作品，而此处将分享改编".into(),
        ),
        Fact::OfferedUnder(offered) => (
            format!("which asks that what was made from it passes on under itself; it is offered under {offered}"),
            format!("要求衍生成果以自身许可传播，而其以 {offered} 提供"),
        ),
        Fact::Name(name) => (
            format!("which says how the name begins; it is called {name}"),
            format!("规定了名称的开头，而其名称为 {name}"),
        ),
        Fact::LacksFile(file) => (
            format!("which asks for a file {file} beside every copy; there is none"),
            format!("要求每份副本附有文件 {file}，而此处没有"),
        ),
        Fact::DoesNotShow(text) => {
            (format!("which asks to show “{text}”; it is not shown"), format!("要求展示“{text}”，而此处未展示"))
        }
        Fact::Made(activity) => (
            format!("which forbids learning from it or its outputs; that was done ({activity})"),
            format!("禁止以其或其输出进行学习，而此事已经发生（{activity}）"),
        ),
        Fact::Asked(right) => (
            format!("which forbids {}; that is asked", right.noun(Language::English)),
            format!("禁止{}，而此处请求如此", right.noun(Language::Chinese)),
        ),
        Fact::MonthlyUsers(users) => (
            format!("which ends above its number of users; there are {users} a month"),
            format!("用户超过其上限即告终止，而月活跃用户为 {users}"),
        ),
        Fact::Purpose(purpose) => (format!("which takes out the purpose {purpose}"), format!("排除了用途 {purpose}")),
        Fact::Territory(territory) => {
            (format!("which takes out the territory {territory}"), format!("排除了地域 {territory}"))
        }
    }
}
