# 页面所说的中文文本。每个名称在 en.ftl 中都有，且所用事实相同；有测试保证。

## Frame

skip = 跳到正文
menu = 菜单
primary = 主导航
breadcrumb = 位置
nav-overview = 概览
nav-models = 模型
nav-datasets = 数据集
nav-grants = 许可
nav-decisions = 裁决
nav-records = 日志
nav-organisation = 组织
nav-settings = 设置
sign-out = 退出登录
foot-checkpoint = 日志检查点
foot-help = 各类问题的含义
to-overview = 返回概览
about-problem = 这是什么意思
save = 保存
copy = 复制
cancel = 取消
none = 无
on = 已启用
end = 结束
change = 更改
actions = 操作
sure = 我确定
until = 至 { $day }
since = 加入时间

## Problems

problem-bad-request = 无法理解该请求
problem-invalid-api-key = 缺少 API 密钥或密钥无效
problem-sign-in-refused = 登录未成功
problem-forbidden = 您无权执行此操作
problem-not-found = 这里没有内容
problem-method-not-allowed = 此处不支持该操作
problem-conflict = 与当前状态冲突
problem-idempotency-mismatch = 此表单先前已以不同内容提交
problem-digest-mismatch = 字节与所声明的不符
problem-bad-signature = 签名未被接受
problem-refused-format = 拒绝此文件格式
problem-bad-passport = 护照未被接受
problem-unprocessable = 违反了规则
problem-too-large = 超过允许的大小
problem-overloaded = 当前请求过多
problem-rate-limit-exceeded = 每秒请求次数过多
problem-policy-unavailable = 无法评估策略
problem-log-unavailable = 无法写入记录
problem-storage-full = 存储空间已满
problem-internal = 服务器出错

## Roles

role-operator = 运营者
role-owner = 所有者
role-approver = 审批人
role-member = 成员
role-auditor = 审计员
rolehint-operator = 运营本登记处，并拥有所有者的权限
rolehint-owner = 管理组织的一切，包括成员
rolehint-approver = 在需要两人的事项上对他人的提议表示同意
rolehint-member = 使用模型，查看组织的许可
rolehint-auditor = 在您限定的期间和相对方范围内查阅与导出

## Signing in

sign-in = 登录
sign-in-refused = 信息不匹配，或尝试次数过多。请核对组织、邮箱和密码；多次失败后请等待几分钟。
sign-in-no-account = 没有账户？请由您组织的所有者邀请。
organisation = 组织
organisation-hint = 模型名称中的简称，例如 acme/minilm 中的 acme。
email = 电子邮箱
password = 密码
password-hint = 至少 12 个字符。几个互不相关的词组合即可。
second-factor = 第二因素
second-factor-lede = 请输入身份验证器当前显示的六位数字。
second-factor-refused = 验证码不正确或已使用过。请等待下一个验证码再试。
code = 验证码
code-hint = 可以粘贴，也可以使用恢复码。
go-on = 继续
start-again = 重新开始
set-up-link = 设置组织
set-up = 设置组织
set-up-lede = 组织的第一位成员出示一次该组织的 API 密钥，此后用密码登录。运营者的密钥在服务器首次启动时已显示。
set-up-key = API 密钥
set-up-key-hint = 角色为所有者或运营者的密钥，以 chy_ 开头。
set-up-do = 创建我的账户
your-name = 您的姓名
join-title = 加入 { $organisation }
join-lede = 您受邀以“{ $role }”身份加入，邮箱为 { $email }。
join-do = 加入

## Organisation

tab-members = 成员
tab-tokens = API 密钥
tab-keys = 签名密钥
tab-approvals = 审批
tab-policies = 策略
tab-exports = 导出
member = 成员
role = 角色
authenticator = 身份验证器
invite = 邀请
invite-do = 生成邀请
invited = 邀请已生成。
invited-hint = 请通过可信渠道把此地址发给受邀人。它只显示这一次，只能使用一次，七天内有效。
invited-tag = 已邀请
withdraw = 撤回
change-role = 更改角色
remove-person = 移除
remove-person-hint = { $name } 将无法再登录，并立即在所有设备上退出。其所作所为仍保留在记录中。
scope-more = 限定审计员可见的范围
scope-hint = 仅适用于审计员。不作限定的项目请留空。
scope-from = 自
scope-to = 至（含当日）
scope-parties = 仅限与以下组织有关的记录
scope-parties-hint = 组织简称，以空格分隔。
scope-said = { $period } { $parties }
scope-period = { $from } 至 { $to }
membership-ends = 成员资格截止日
membership-ends-hint = 不设截止日请留空。

## Settings

look = 语言与主题
language = 语言
theme = 主题
theme-auto = 跟随系统
theme-light = 浅色
theme-dark = 深色
you = 您
password-old = 当前密码
password-new = 新密码
password-change = 更改密码
password-again-hint = 以防屏幕前的其他人执行此操作。
authenticator-hint = 即使密码为他人所知，第二因素也能保护您的账户。
authenticator-lede = 用身份验证器扫描此码，然后输入它显示的六位数字。
authenticator-by-hand = 或手动输入：
authenticator-do = 启用
qr-label = 供身份验证器扫描的二维码
set-up-short = 设置
set-up-again = 重新设置
codes-left = 剩余恢复码：{ $count }
factor-remove = 停用第二因素
factor-remove-hint = 此后仅凭密码即可登录。
recovery-codes = 恢复码
recovery-codes-lede = 第二因素已启用。若丢失身份验证器，每个恢复码可登录一次。它们只显示这一次：请保存在身份验证器以外的地方。
kept-safe = 我已妥善保存
sessions = 会话
this-session = 当前会话
session-since = 登录于 { $began }，最近使用 { $seen }
end-others = 结束所有其他会话

## What was just done

said-signed-out = 您已退出登录。
said-joined = 账户已创建，请登录。
said-saved = 已保存。
said-withdrawn = 邀请已撤回。
said-removed = 已移除，其会话均已结束。
said-password-changed = 密码已更改，您的其他会话均已结束。
said-factor-removed = 第二因素已停用。
said-ended = 已结束。

## Approvals

approvals-lede = 有些操作需要两个人：一人提议，另一人同意。同意后立即执行，并在记录中列明两人。
approvals-none = 没有提议
approvals-none-hint = 在下方设定哪些操作需要第二个人。此后这类操作会在此等候。
proposal = 提议
proposal-grant-offer = 发出许可要约
proposal-policy-change = 更改生效的规则
proposal-approval-rules = 更改需要两人同意的事项
proposal-what = 提议内容
proposal-document = 提议原文
proposalstate-pending = 等待中
proposalstate-silent = 已过期
proposalstate-accepted = 已批准
proposalstate-refused = 已拒绝
proposalstate-withdrawn = 已收回
proposed-by = 提议人
proposed-at = 时间
proposed-line = 由 { $name } 于 { $time } 提议
decided = 决定
decided-line = 由 { $name } 于 { $time } 作出
state = 状态
pages = 分页
older = 更早
model = 模型
licensee = 被许可方
reason = 理由
reason-hint = 提议人会看到。
approve = 批准
approve-do = 批准并执行
approve-hint = 将以 { $name } 的权限立即执行，并记录您的姓名。
approve-others = 由您组织中有审批权的另一人决定。
decline = 拒绝
decline-do = 拒绝
own-proposal = 这是您提出的，须由另一人决定；等候至 { $day }。
take-back = 收回
approval-rules = 哪些事项需要两人
approval-rules-hint = 一旦有事项需要两人，更改本设置也需要两人。必须始终保有两位可同意的人。
approval-grants = 超过以下令牌数的许可
approval-grants-hint = 不设配额的要约视为超过。不设限请留空。
approval-policies = 策略变更
said-proposed = 已提议，须由另一人同意。
said-approved = 已批准并执行。
said-declined = 已作出决定。
problem-approval-needed = 须由第二个人同意

## Keys

label = 名称
purpose = 用途
territory = 地域
revoke = 吊销
later = 更晚
commands = 命令
fingerprint = 指纹
tokens-lede = 您的程序每次调用时出示的凭据。用途和地域由贵组织声明，说明调用的目的与地点。
tokens-none = 还没有 API 密钥
tokens-none-hint = 请在下方创建；您的程序每次调用时发送它。
token-new = 新建 API 密钥
token-made = 您的新密钥
token-made-hint = 只显示这一次。请立即复制并保存在程序可读取之处。
token-do = 创建密钥
token-ends = 截止日
token-label-hint = 便于您辨认。
token-purpose-hint = 代码，例如 commercial-service 或 research。单次调用只能收窄，不能放宽。
token-territory-hint = 国家或地区代码（ISO 3166-1），例如 DE。
token-revoke-hint = 使用此密钥的程序自下一次调用起将被拒绝。
keystate-active = 有效
keystate-expired = 已过期
keystate-revoked = 已吊销
keyhint-operator = 运营本登记处
keyhint-owner = 管理组织：登记模型、发出并接受许可
keyhint-member = 调用模型
keyhint-auditor = 查阅与导出
keys-lede = 这些密钥的签名代表贵组织：用于所登记的模型和所接受的许可。
keys-none = 尚未登记签名密钥
keys-none-hint = 由签名人生成并登记密钥；所有者在此核对指纹并批准。
key-another = 再登记一把密钥
key-approve-hint = 请先与密钥持有人核对指纹。
key-revoke-none = 其签名不再有效。没有版本由它签名。
key-revoke-stops = 其签名不再有效。在重新签名之前不再提供服务的版本数：{ $count }
signingstate-pending = 待批准
signingstate-active = 已批准
signingstate-revoked = 已吊销
said-revoked = 已吊销。
said-key-approved = 已批准，此密钥的签名自现在起有效。

## Licences

grants-lede = 贵组织允许他人如何使用其模型，以及他人允许贵组织做什么。
grants-none = 还没有许可
grants-none-hint = 模型所有者在此发出许可要约，被许可方以签名接受。
counterparty = 相对方
given-to = 授予 { $name }
held-from = 来自 { $name }
ends = 截止
quota = 已用配额
grantstate-offered = 已要约
grantstate-accepted = 有效
grantstate-expired = 已届满
grantstate-revoked = 已撤销
grant-title = { $model } 的许可
grant-between = { $licensor } 许可 { $licensee } 使用。
grant-facts = 事实
identifier = 标识
offered-at = 要约时间
accepted-at = 接受时间
revoked-at = 撤销时间
terms-digest = 条款摘要
quota-used = 已用令牌
plain-language = 通俗说明
terms-document = 条款原文
terms-document-hint = 被许可方对其摘要签名。
accept = 接受
accept-hint = 接受即用贵组织已批准的密钥签名，在密钥所在之处执行：
grant-revoke = 终止此许可
grant-revoke-hint = { $licensee } 依此许可的调用自下一次起将被拒绝。此前的使用仍属合法。此操作不可撤回。
grant-reason-hint = 被许可方会看到。
said-offered = 已发出要约，被许可方接受后生效。

## Offers

offer = 发出许可要约
offer-lede = 发出之前，您会先看到通俗说明。
steps = 步骤
offer-step-terms = 条款
offer-step-read = 阅读并发出
offer-read = { $model }，授予 { $licensee }
offer-do = 发出要约
offer-change = 修改
offer-preview = 查看通俗说明
offer-what = 谁可以做什么
offer-how = 期限与价格
offer-model-hint = 您的模型之一，例如 acme/minilm。
versions = 版本
offer-versions-hint = 版本号，以空格分隔。全部版本请留空。
purposes = 用途
offer-purposes-hint = 以空格分隔的代码，例如 commercial-service research。
territories = 地域
offer-territories-hint = 以空格分隔的国家或地区代码。不限地域请留空。
excluded = 不含
starts = 开始
ends-last-day = 最后一日
quota-tokens = 令牌总数
offer-quota-hint = 不限数量请留空。
price = 价格
price-free = 免费
price-flat = 整个期限一次性支付
price-per-1000-tokens = 每 1000 个令牌
amount = 金额
offer-amount-hint = 连同货币，例如 0.02 EUR。
attribution = 署名
offer-attribution-hint = 展示模型输出时须注明的内容。
liability-cap = 任一方赔付上限
governing-law = 适用法律
offer-law-hint = 适用哪一法律，由何处管辖。
