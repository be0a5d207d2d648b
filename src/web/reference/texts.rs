//! What each type of problem means and how to mend it, in both languages. The compiler holds that every kind has a text.

use chancery_base::{problem::ProblemKind, values::Language};
use chancery_domain::policy::RefusalCode;

/// A sentence in English and in Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    en: &'static str,
    zh: &'static str,
}

impl Text {
    /// The sentence in `language`.
    pub const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Chinese => self.zh,
        }
    }
}

/// A type of problem, explained.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    pub title: Text,
    pub meaning: Text,
    pub mending: Text,
    /// What `detail` may say of one occurrence.
    pub example: Text,
}

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

const fn explained(title: Text, meaning: Text, mending: Text, example: Text) -> Explanation {
    Explanation { title, meaning, mending, example }
}

/// What a kind of problem means.
pub const fn of_kind(kind: ProblemKind) -> Explanation {
    match kind {
        ProblemKind::BadRequest => explained(
            text(kind.title(), "无法理解请求"),
            text(
                "A body, query, header or path could not be read as what it should be. Nothing was done.",
                "请求正文、查询参数、请求头或路径不符合要求，无法读取。没有执行任何操作。",
            ),
            text(
                "Read `detail`, and `field` where it is given; compare the request with the API reference and send it again.",
                "阅读 detail（以及 field，如有），对照 API 参考改正后重新发送。",
            ),
            text(
                "the body is not the JSON expected here: missing field `label` at line 1 column 17; see the API document",
                "the body is not the JSON expected here: missing field `label` at line 1 column 17; see the API document",
            ),
        ),
        ProblemKind::Unauthenticated => explained(
            text(kind.title(), "API 密钥缺失或无效"),
            text(
                "The request carries no API key, or one that is unknown, expired or revoked.",
                "请求没有携带 API 密钥，或者密钥不存在、已过期或已吊销。",
            ),
            text(
                "Send `Authorization: Bearer chy_…`. If the key was good before, ask an owner of your organisation whether it was revoked, and for a new one.",
                "请发送 Authorization: Bearer chy_…。如果密钥此前有效，请向贵组织的所有者确认是否已被吊销，并申请新的密钥。",
            ),
            text(
                "no API key was given; send it as `Authorization: Bearer chy_…`",
                "no API key was given; send it as `Authorization: Bearer chy_…`",
            ),
        ),
        ProblemKind::SignInRefused => explained(
            text(kind.title(), "登录被拒绝"),
            text(
                "Address, password or code is not right, or too many were tried. Which of them is not said, so that nobody can guess one by one.",
                "邮箱、密码或验证码不正确，或者尝试次数过多。为防止逐项猜测，不说明是哪一项。",
            ),
            text(
                "Try again, after a while where many attempts failed; an owner of your organisation can invite you anew.",
                "请重试；多次失败后请稍候。贵组织的所有者可以重新邀请您。",
            ),
            text("address, password or code is not right; try again", "邮箱、密码或验证码不正确；请重试"),
        ),
        ProblemKind::Forbidden => explained(
            text(kind.title(), "此密钥无权执行该操作"),
            text(
                "The key is good, but its role does not permit this, or the thing belongs to another party. The attempt is in the audit log.",
                "密钥有效，但其角色不允许该操作，或者对象属于其他组织。此次尝试已记入审计日志。",
            ),
            text(
                "Use a key whose role permits it, or ask an owner of your organisation, or the owner of the thing, to do it.",
                "请使用角色允许的密钥，或者请贵组织的所有者、对象的所有者来执行。",
            ),
            text(
                "`acme/reviews` belongs to another party; ask its owner",
                "`acme/reviews` belongs to another party; ask its owner",
            ),
        ),
        ProblemKind::ApprovalNeeded => explained(
            text(kind.title(), "须由第二个人同意"),
            text(
                "Your organisation wants two people for this act. Nothing was done.",
                "贵组织规定该操作须由两人同意。没有执行任何操作。",
            ),
            text(
                "Have a person sign in and propose it; another person who may approve carries it out under Approvals.",
                "请由一人登录并提议，再由另一位有审批权的人在“审批”页面批准并执行。",
            ),
            text(
                "your organisation wants two people for this; sign in and propose it as `grant-offer`, and have another person approve it",
                "your organisation wants two people for this; sign in and propose it as `grant-offer`, and have another person approve it",
            ),
        ),
        ProblemKind::NotFound => explained(
            text(kind.title(), "未找到"),
            text(
                "What was named does not exist, or is not for this key to see: both answer alike.",
                "所指对象不存在，或者此密钥无权知晓：两种情况的回答相同。",
            ),
            text(
                "Check the name for slips. If it should be there, ask its owner for a grant or for its visibility.",
                "请检查名称是否有误。如果确信存在，请向其所有者申请授权或确认可见范围。",
            ),
            text(
                "no such model, or it is not visible to this key; check the name",
                "no such model, or it is not visible to this key; check the name",
            ),
        ),
        ProblemKind::Destroyed => explained(
            text(kind.title(), "密钥已被销毁"),
            text(
                "What was named was here, and its owner destroyed the keys that open it. Nobody can read its files again; its papers and what the logs say of it remain.",
                "所指对象曾经存在，其所有者已销毁用于打开它的密钥。任何人都无法再读取其文件；其文书与日志记录仍然保留。",
            ),
            text(
                "Use another version. The entry `keys-destroyed` in the audit log says who destroyed them, when and why.",
                "请使用其他版本。审计日志中的 keys-destroyed 条目说明由谁、何时、因何销毁。",
            ),
            text(
                "the keys of this version were destroyed by its owner, so its files cannot be read by anybody; its papers remain",
                "the keys of this version were destroyed by its owner, so its files cannot be read by anybody; its papers remain",
            ),
        ),
        ProblemKind::MethodNotAllowed => explained(
            text(kind.title(), "此处不允许该方法"),
            text("The path exists, but does not answer to this method.", "路径存在，但不支持该 HTTP 方法。"),
            text("Look the path up in the API reference.", "请在 API 参考中查阅该路径。"),
            text(
                "this route does not answer to this method; see the API document",
                "this route does not answer to this method; see the API document",
            ),
        ),
        ProblemKind::Conflict => explained(
            text(kind.title(), "与当前状态冲突"),
            text(
                "The request is well formed, but the state of things does not admit it: something was done before, or has changed meanwhile.",
                "请求格式正确，但当前状态不允许：该操作此前已执行，或者情况已经变化。",
            ),
            text(
                "Look at the thing again and decide anew; sending the same request again will not help.",
                "请重新查看对象的当前状态再作决定；重复发送同一请求无济于事。",
            ),
            text(
                "this upload was committed already; open a new one for another version",
                "this upload was committed already; open a new one for another version",
            ),
        ),
        ProblemKind::IdempotencyMismatch => explained(
            text(kind.title(), "幂等键已用于另一请求"),
            text(
                "The `Idempotency-Key` came with another request before: another method, path, key, purpose, territory or body.",
                "该 Idempotency-Key 此前用于另一请求：方法、路径、密钥、用途、地域或正文不同。",
            ),
            text(
                "Repeat a request exactly as it was, or give a new request a new key.",
                "重复请求时请保持完全一致；新的请求请使用新的幂等键。",
            ),
            text(
                "this Idempotency-Key came with another request before; use a new key for a new request",
                "this Idempotency-Key came with another request before; use a new key for a new request",
            ),
        ),
        ProblemKind::DigestMismatch => explained(
            text(kind.title(), "字节与声明的摘要不符"),
            text(
                "Bytes do not have the digest or length that was announced, or a version's rows are not what its owner signed.",
                "字节的摘要或长度与声明不符，或者某版本的记录与所有者签署的内容不一致。",
            ),
            text(
                "Send the file again, unchanged. For a version that stopped working, run `chancery verify` and tell its owner and the operator.",
                "请重新发送未经改动的文件。若已登记的版本不再可用，请运行 chancery verify，并告知其所有者和运营者。",
            ),
            text(
                "the bytes have another digest than the one in the path; send the file again",
                "the bytes have another digest than the one in the path; send the file again",
            ),
        ),
        ProblemKind::BadSignature => explained(
            text(kind.title(), "签名不被接受"),
            text(
                "A signature does not verify, or its key is unknown, weak, not approved or revoked.",
                "签名未通过验证，或者签名密钥未知、过弱、未获批准或已吊销。",
            ),
            text(
                "Sign with a key that your organisation has enrolled and approved (`chancery key list`), over exactly the bytes that you send.",
                "请使用贵组织已登记并批准的密钥（chancery key list），对所发送的字节原样签名。",
            ),
            text(
                "the signing key was revoked; sign with another key",
                "the signing key was revoked; sign with another key",
            ),
        ),
        ProblemKind::RefusedFormat => explained(
            text(kind.title(), "文件格式被拒绝"),
            text(
                "A file is in a format that can run code (such as pickle) or cannot be read, or the model it is part of cannot run.",
                "文件格式可能执行代码（例如 pickle）或无法读取，或者其所属的模型无法运行。",
            ),
            text(
                "Save weights as safetensors, check configuration and tokenizer, and push again.",
                "请将权重保存为 safetensors，检查配置和分词器后重新提交。",
            ),
            text(
                "`model.bin` is a pickle, which can run code when it is loaded; save the weights as safetensors",
                "`model.bin` is a pickle, which can run code when it is loaded; save the weights as safetensors",
            ),
        ),
        ProblemKind::BadPassport => explained(
            text(kind.title(), "护照不被接受"),
            text(
                "The passport lacks or misstates something about provenance, copyright, privacy, licence or responsibility.",
                "护照在来源、版权、隐私、许可或责任方面有缺失或错误。",
            ),
            text(
                "Run `chancery passport check`, which lists every fault with its line; correct them and sign again.",
                "请运行 chancery passport check，它会逐行列出所有问题；改正后重新签名。",
            ),
            text(
                "dataset[0].licence is missing; say under which licence the data came",
                "dataset[0].licence is missing; say under which licence the data came",
            ),
        ),
        ProblemKind::Unprocessable => explained(
            text(kind.title(), "请求违反规则"),
            text(
                "Every field can be read, but together or in themselves they break a rule.",
                "各字段均可读取，但其内容或组合违反规则。",
            ),
            text("Correct the field that `field` names as `detail` says.", "请按 detail 的说明改正 field 所指的字段。"),
            text(
                "the key would be expired already; give a later time",
                "the key would be expired already; give a later time",
            ),
        ),
        ProblemKind::TooLarge => explained(
            text(kind.title(), "超出允许的大小"),
            text("A body, a text or a file is over its limit.", "请求正文、文本或文件超出上限。"),
            text("Send less at once; `detail` says how much is allowed.", "请减少单次发送的数量；detail 会说明上限。"),
            text(
                "the body is larger than 4194304 bytes; send less at once",
                "the body is larger than 4194304 bytes; send less at once",
            ),
        ),
        ProblemKind::Overloaded => explained(
            text(kind.title(), "当前请求过多"),
            text(
                "The server does as much of this as it can at once. Nothing was recorded or metered.",
                "服务器同时处理的此类请求已达上限。没有记录，也没有计量。",
            ),
            text(
                "Wait as long as `Retry-After` says and send the request again.",
                "请等待 Retry-After 指定的时间后重新发送。",
            ),
            text(
                "the server runs as many calls as it can; try again in a moment",
                "the server runs as many calls as it can; try again in a moment",
            ),
        ),
        ProblemKind::RateLimited => explained(
            text(kind.title(), "每秒请求数超限"),
            text(
                "This key, party or address asked more often than it may in a second. Nothing was recorded.",
                "此密钥、组织或地址每秒的请求数超出限制。没有任何记录。",
            ),
            text(
                "Wait as long as `Retry-After` says; `RateLimit-Policy` says how often you may ask.",
                "请等待 Retry-After 指定的时间；RateLimit-Policy 说明允许的频率。",
            ),
            text(
                "more than 1000 requests a second for this key; come back in 1 s, and ask for less at once",
                "more than 1000 requests a second for this key; come back in 1 s, and ask for less at once",
            ),
        ),
        ProblemKind::ProviderUnavailable => explained(
            text(kind.title(), "无法使用登录提供方"),
            text(
                "The identity provider does not answer, or not as it should, so nobody was signed in through it. Other ways to sign in \
                 are not concerned.",
                "身份提供方没有响应，或响应不正确，因此没有通过它登录。其他登录方式不受影响。",
            ),
            text(
                "Try again in a few minutes or sign in with a password; if it persists, tell the operator, who runs `chancery doctor \
                 --sign-in FILE`.",
                "请几分钟后重试，或使用密码登录；若持续出现，请告知运营者运行 `chancery doctor --sign-in FILE`。",
            ),
            text(
                "Acme cannot be used at the moment; try again in a few minutes, sign in with your password, or tell the operator",
                "Acme cannot be used at the moment; try again in a few minutes, sign in with your password, or tell the operator",
            ),
        ),
        ProblemKind::PolicyUnavailable => explained(
            text(kind.title(), "无法评估策略"),
            text(
                "Rules or facts could not be evaluated, so nothing was allowed. That is not remembered for repetitions.",
                "规则或事实无法评估，因此没有放行。该结果不会作为重复请求的答复保存。",
            ),
            text("Try again in a moment; if it persists, tell the operator.", "请稍后重试；若持续出现，请告知运营者。"),
            text(
                "the rules in force cannot be used by this server, so nothing is decided; tell the operator",
                "the rules in force cannot be used by this server, so nothing is decided; tell the operator",
            ),
        ),
        ProblemKind::LogUnavailable => explained(
            text(kind.title(), "无法写入记录"),
            text(
                "The record could not be made durable, or a log is not what was signed of it, so nothing was done: no record, no answer.",
                "记录无法可靠写入，或者日志与已签署的内容不一致，因此没有执行：没有记录，就没有答复。",
            ),
            text(
                "Send the same request again with the same `Idempotency-Key`; if it persists, tell the operator, who runs `chancery doctor`.",
                "请使用相同的 Idempotency-Key 重新发送；若持续出现，请告知运营者运行 chancery doctor。",
            ),
            text(
                "the database did not answer in time, so the request is refused; retry with the same Idempotency-Key",
                "the database did not answer in time, so the request is refused; retry with the same Idempotency-Key",
            ),
        ),
        ProblemKind::StorageFull => explained(
            text(kind.title(), "存储空间已满"),
            text("There is no room to store more.", "没有空间存储更多内容。"),
            text(
                "Tell the operator; an upload goes on where it stopped once there is room.",
                "请告知运营者；腾出空间后，上传可从中断处继续。",
            ),
            text(
                "the store has no room for this file; tell the operator",
                "the store has no room for this file; tell the operator",
            ),
        ),
        ProblemKind::Internal => explained(
            text(kind.title(), "内部错误"),
            text(
                "The server failed. The cause is in the server's log, under the request id in `x-request-id`.",
                "服务器发生故障。原因记录在服务器日志中，对应响应头 x-request-id 中的请求编号。",
            ),
            text(
                "Try again; if it persists, tell the operator the request id.",
                "请重试；若持续出现，请将请求编号告知运营者。",
            ),
            text(
                "the server failed; try again, and tell the operator the request id if it persists",
                "the server failed; try again, and tell the operator the request id if it persists",
            ),
        ),
    }
}

/// What a refusal by policy means.
pub const fn of_refusal(code: RefusalCode) -> Explanation {
    match code {
        RefusalCode::ModelNotFound => explained(
            text("No such model for this caller", "对此调用方而言没有该模型"),
            text("There is no such model, or none that this caller may know of.", "没有该模型，或者调用方无权知晓。"),
            text("Check the name, or ask the owner for a grant.", "请检查名称，或向所有者申请授权。"),
            text("the model is not visible to the caller; check its name", "该模型对调用方不可见；请检查名称"),
        ),
        RefusalCode::LicenceRequired => explained(
            text("A grant is needed", "需要授权"),
            text(
                "The caller is not the model's owner and holds no accepted grant for it.",
                "调用方不是模型所有者，也没有已接受的授权。",
            ),
            text(
                "Ask the owner for an offer, and accept it with your organisation's signing key.",
                "请向所有者索取授权要约，并用贵组织的签名密钥接受。",
            ),
            text(
                "globex holds no grant for acme/reviews; ask acme for an offer",
                "globex 没有 acme/reviews 的授权；请向 acme 索取要约",
            ),
        ),
        RefusalCode::LicenceExpired => explained(
            text("The grant has ended", "授权已到期"),
            text("The term of the grant has ended, or has not begun.", "授权的期限已结束，或尚未开始。"),
            text(
                "Ask the licensor for a new offer; `chancery grant show` tells the term.",
                "请向许可方索取新的要约；chancery grant show 会显示期限。",
            ),
            text(
                "the grant ended on 2026-06-30; ask acme for a new one",
                "授权已于 2026-06-30 到期；请向 acme 申请新的授权",
            ),
        ),
        RefusalCode::LicenceUnpaid => explained(
            text("A payment is due", "应付款项未结清"),
            text("The grant costs something, and no payment is on record.", "该授权需要付费，但没有付款记录。"),
            text(
                "Pay as clause 5 of the grant says, and ask the licensor to record it.",
                "请按授权第 5 条付款，并请许可方登记。",
            ),
            text(
                "no payment is recorded for the grant; pay acme as clause 5 says",
                "该授权没有付款记录；请按第 5 条向 acme 付款",
            ),
        ),
        RefusalCode::UseNotPermitted => explained(
            text("The use is not permitted", "不允许此用途"),
            text(
                "Law, a licence in the model's lineage, the grant or the key does not permit this use. `reasons` names the rule, the clause and the thing at fault.",
                "法律、模型谱系中的许可、授权或密钥不允许此次使用。reasons 会指明规则、条款及相关对象。",
            ),
            text(
                "Do as `next_step` of the first reason says; `chancery policy explain` shows what would have changed the answer.",
                "请按第一条 reasons 的 next_step 处理；chancery policy explain 会显示何种变化会改变结果。",
            ),
            text(
                "data set `forum-noncommercial` is under CC-BY-NC-4.0, which forbids commercial use; use a version made without it",
                "数据集 `forum-noncommercial` 采用 CC-BY-NC-4.0，禁止商业使用；请使用不含该数据集的版本",
            ),
        ),
        RefusalCode::ModelSuspended => explained(
            text("The model does not answer at present", "模型目前不可用"),
            text(
                "The version is suspended or withdrawn, its signature counts no more, or its model is on hold.",
                "该版本已暂停或撤回，签名失效，或者模型被冻结。",
            ),
            text("Ask the model's owner; another version may be in use.", "请询问模型所有者；可能有其他可用版本。"),
            text(
                "version 1 was suspended by its owner; ask acme when it resumes",
                "版本 1 已被所有者暂停；请询问 acme 何时恢复",
            ),
        ),
        RefusalCode::ProjectSpendLimitExceeded => explained(
            text("The quota does not suffice", "配额不足"),
            text(
                "The grant's tokens are used up, or do not suffice for this call. Asking again will not help.",
                "授权的词元配额已用完，或不足以完成此次调用。重复请求无济于事。",
            ),
            text(
                "Ask the licensor for a grant with a larger quota, or send less text.",
                "请向许可方申请更大的配额，或减少文本。",
            ),
            text(
                "12 tokens are left of the grant and the call needs 40; ask acme for more",
                "授权剩余 12 个词元，此次调用需要 40 个；请向 acme 申请增加",
            ),
        ),
        RefusalCode::UnavailableForLegalReasons => explained(
            text("Unavailable for legal reasons", "因法律原因不可用"),
            text(
                "A court, an authority or another legal demand blocks the model (RFC 7725).",
                "法院、主管机关或其他法律要求禁止使用该模型（RFC 7725）。",
            ),
            text(
                "Ask the operator, who placed the hold and can say whom to turn to.",
                "请询问执行冻结的运营者，了解应向何处申诉。",
            ),
            text(
                "a hold by Landgericht Berlin blocks the model; ask the operator",
                "Landgericht Berlin 的冻结禁止使用该模型；请询问运营者",
            ),
        ),
        RefusalCode::PolicyUnavailable => of_kind(ProblemKind::PolicyUnavailable),
    }
}
