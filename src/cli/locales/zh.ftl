# 命令行对人说的话，中文。名称与变量须与 en.ftl 完全一致，由测试保证。
# 错误信息不加句号，并以下一步该做什么结尾。

## 通用

error-label = 错误：
value = { $cause }
file-unreadable = 无法读取 `{ $file }`：{ $cause }；请检查路径和权限
file-unwritable = 无法写入 `{ $file }`：{ $cause }；请检查路径、权限和剩余空间
file-too-large = `{ $file }` 超过 { $limit } 字节，不可能是此处所需的文件；请检查路径
output-closed = 无法写入标准输出：{ $cause }；请检查输出去向
template-exists = `{ $file }` 已存在，不会被覆盖；请用 --out 指定其他文件
template-written = 已写入 { $file }：请按注释填写。

## 服务器

server-address = `{ $address }` 不是服务器地址；请给出如 https://registry.example.org 的地址
server-unreachable = 无法连接 { $server }：{ $cause }；请检查 --server 或 CHANCERY_SERVER，并确认服务器正在运行
no-authority = `{ $file }` 中没有证书；请用 --ca-certificate 给出为服务器作保的机构证书（PEM 文件）
server-says = { $detail }
answer-not-understood = { $server } 对 { $path } 的回答不符合预期：{ $cause }；请确认它是同一版本的 Chancery 服务器
token-missing = { $server } 需要 API 密钥；请将 CHANCERY_TOKEN 设为所有者用 `chancery token create` 创建的密钥
token-malformed = 这不是登记处的 API 密钥（应以 `chy_` 开头）；请检查 CHANCERY_TOKEN，然后运行 `chancery whoami`
token-mistyped = API 密钥输入有误或不完整（末六位与其余部分不符）；请重新复制到 CHANCERY_TOKEN
token-in-clear = 警告：API 密钥将以明文发送到 { $server }；离开本机时请使用 https

## 密钥

keygen =
    私钥已写入 { $file }；请妥善保管。
      指纹  { $fingerprint }
      公钥  { $public }
    下一步：chancery key enroll --key { $file } --label 名称
keygen-exists = `{ $file }` 已存在，密钥绝不会被覆盖；请用 --out 指定其他文件
key-missing = `{ $file }` 处没有私钥；请用 `chancery keygen` 生成，或用 --key 指定
key-shared = `{ $file }` 可被他人读取，可能已经泄露；请对其运行 `chmod 600`，或用 `chancery keygen` 另行生成
key-unusable = `{ $file }` 不能用于签名：{ $cause }
key-proposed =
    已提交 { $id }，指纹 { $fingerprint }。
    下一步，由核对过指纹的所有者运行：chancery key approve { $id }
key-approved = 已批准 { $id }：{ $fingerprint } 的签名从现在起有效。
key-revoked = 已吊销 { $id }：其签名不再有效。在用其他密钥重新签名之前停止提供的版本数：{ $versions }
key-not-enrolled =
    `{ $file }` 中的密钥（{ $fingerprint }）未在贵组织登记，其签名无效；请用 --key 指定其他密钥，或登记该密钥：
      chancery key enroll --key { $file } --label 名称
      chancery key approve signer_…   （由核对过指纹的所有者运行）
key-not-approved = `{ $file }` 中的密钥（{ $fingerprint }）尚未批准，其签名无效；请由核对过指纹的所有者运行：chancery key approve { $id }
key-is-revoked = `{ $file }` 中的密钥（{ $fingerprint }）已作为 { $id } 吊销，其签名无效；请用 --key 指定其他密钥，或用 `chancery keygen` 另行生成

## 组织与 API 密钥

party-created = 已创建 { $slug }（{ $id }）。其所有者的 API 密钥仅显示这一次，请安全移交：
token-created = 已创建 { $id }。API 密钥仅显示这一次，请妥善保管：
token-revoked = 已吊销 { $id }：从下一个请求起将被拒绝。
whoami =
    组织      { $party }（{ $title }）
    API 密钥  { $key }（{ $label }）
    角色      { $role }
    用途      { $purpose }
    地域      { $territory }
    到期      { $expires }

## 护照与条款

passport-missing = `{ $file }` 处没有护照；请用 `chancery passport init --out { $file }` 生成
passport-faults = `{ $file }`：{ $faults }
passport-gap-essential = 内置规则会因缺少此项而拒绝调用：{ $subject } 的 { $field }：{ $reason }（{ $source }）
passport-gap-expected = 审计人员会询问：{ $subject } 的 { $field }：{ $reason }（{ $source }）
passport-complete = { $file } 完整：{ $datasets } 个数据集，{ $parents } 个上游模型。
passport-valid = { $file } 可以登记：{ $datasets } 个数据集，{ $parents } 个上游模型。其中缺少：
datasheet-missing = `{ $file }` 处没有数据说明书；请用 `chancery dataset init --out { $file }` 生成
datasheet-complete = { $file } 完整（来源：{ $parents } 项）。
datasheet-valid = { $file } 可以登记（来源：{ $parents } 项）。其中缺少：
terms-faults = `{ $file }`：{ $faults }

## 推送

push-no-files = `{ $folder }` 中没有文件；请指定待登记内容所在的文件夹
push-not-a-file = `{ $file }` 是链接或特殊文件，不会跟随；请放入文件本身
push-file-name = 不接受文件名 `{ $file }`；请改名为：{ $expected }
push-hashing = 计算摘要
push-manifest = 无法由这些文件生成清单：{ $cause }
push-opened = 已开启 { $upload }。
push-other-model = { $upload } 是 { $model } 的上传；请用 --model 指定该模型，或去掉 --resume
push-sending = 上传
push-file-changed = `{ $file }` 已不是签名时的内容；请恢复该文件，或去掉 --resume 重新推送
push-resume = 已到达的内容会保留：请加上 --resume { $upload } 再次运行同一命令
push-registered =
    已登记 { $model }@v{ $version }。
      清单  { $manifest }
      回执  { $receipt }，附收录证明
    下一步：chancery verify { $model }@v{ $version }

## 验证

verdict-valid = 有效
verdict-invalid = 无效
verdict-unchecked = 无法验证
bundle-unreadable = `{ $file }` 不是离线包：{ $cause }；请用 `chancery push --bundle` 或从服务器重新获取
verify-signed = 由固定的密钥 { $key } 为 { $owner } 签名
verify-signature-wrong = 签名清单不被接受：{ $cause }
verify-signer-unpinned = 签名所用的密钥未作为 { $owner } 的密钥固定；其中所称密钥为 { $key }。请通过其他途径向 { $owner } 索取密钥，核对后运行 `chancery trust add --signer { $owner }=KEY`
verify-other-model = 清单属于 { $found }，而非 { $expected }
verify-recorded = 日志将清单 { $manifest } 记录为 { $model }@v{ $version }
verify-other-record = 日志条目并非清单 { $manifest } 的登记记录；该回执属于其他事件
verify-other-version = 日志将其记录为第 { $found } 版，而非所要求的第 { $expected } 版
verify-folder = 无法列出 `{ $folder }` 中的文件；请指定只含普通文件的文件夹
verify-file-missing = `{ $file }` 已签名但缺失
verify-file-unsigned = `{ $file }` 存在但未签名
verify-file-changed = `{ $file }` 已被更改：SHA-256 为 { $found }，签名时为 { $expected }
verify-files = { $folder } 中全部 { $count } 个文件均与签名一致
verify-note-suspended = 提示：该版本已暂停，在其所有者恢复登记之前，调用会被拒绝
verify-note-withdrawn = 提示：该版本已永久撤回，调用会被拒绝
verify-note-signer = 提示：为其签名的密钥已不再有效，在重新签名之前，调用会被拒绝
verify-stored = 服务器重新计算了所存 { $count } 个文件的摘要，均与签名一致
verify-destroyed = 其文件的密钥已被所有者销毁，任何人都无法读取或检查；其文书如上所述
verify-stored-missing = 服务器已没有 `{ $file }`；请告知其所有者和运营者
verify-stored-tampered = 服务器上 `{ $file }` 的密封字节或其记录已被更改；请告知其所有者
verify-stored-other = 服务器重新计算 `{ $file }` 时以 { $found } 为准，而签名的是 { $expected }
verify-stored-unchecked = 服务器未重新计算已签名的 `{ $file }`
verify-stored-wrong = 服务器称其所存内容与签名不符；请告知其运营者

## 信任

trust-unreadable = `{ $file }` 不是信任文件：{ $cause }
trust-empty = 尚未固定任何密钥。下一步：chancery trust add --from 服务器
trust-log = 日志
trust-promise = 承诺
trust-signer = 签名者
trust-fingerprint = { $server } 发来的密钥 SHA-256 为 { $found }，与预期不符；未固定任何密钥，请询问其运营者
trust-conflict = { $name } 已固定了另一个密钥；未作更改，请询问其运营者密钥为何不同，并保留两者作为证据
trust-owner-ignored = 服务器还发来 { $owner } 的密钥，未予固定：哪个密钥代表所有者不由服务器决定。核对后请运行：chancery trust add --signer { $owner }=密钥
trust-compare = 首次使用时固定。请与运营者在别处公布的指纹核对：{ $fingerprint }

## 回执

receipt-waiting = 正在等待收录证明……
receipt-late = { $leaf } 的收录证明未在 { $seconds } 秒内到达；请用 `chancery receipt get { $leaf }` 再次获取
receipt-written = 已写入 { $file }。其中含有所记录的内容，请同样保密。
receipt-unreadable = `{ $file }` 不是回执：{ $cause }；请用 `chancery receipt get` 重新获取
receipt-malformed = 回执中的证明不是 c2sp.org/tlog-proof@v1
receipt-included = { $origin } 的第 { $index } 条在其 { $size } 条的树中，由固定的密钥签名
receipt-log-unpinned = 日志的密钥未固定；请用 `chancery trust add --from 服务器` 固定，或给出 --trust
receipt-wrong = 回执不成立：{ $cause }
receipt-other-log = 该条目在 { $origin } 中，而不在其所属的 { $log } 日志中
receipt-no-opening = 回执没有开启值，无法看到所记录的内容；请用有权限的 API 密钥获取
receipt-opened = 回执所称的记录正是日志所承诺的内容
receipt-opens-another = 回执所称的记录不是日志所承诺的内容
receipt-promised = { $origin } 于 { $time } 承诺收录该条目；请用 `chancery receipt get` 获取证明
receipt-empty = 没有收录证明；请用 `chancery receipt get` 获取回执

## 日志

log-verifying = 正在验证 { $log }
log-wrong = { $log }：{ $cause }
log-sound = { $log }：{ $origin } 的全部 { $size } 条得出已签名的根 { $root }
log-unpinned = { $log }：日志的密钥未固定，其所言无从追究；请用 `chancery trust add --from 服务器` 固定
log-unknown = { $log }：{ $cause }
watch-first = { $log }：已记住 { $size } 条；从现在起日志必须延续它们
watch-consistent = { $log }：{ $size } 条延续了此前所见的 { $old } 条
watch-fork = { $log }：分叉：{ $cause }；证据在 { $evidence }，请出示给他人
watch-wrong = { $log }：无效：{ $cause }；证据在 { $evidence }，请出示给他人
watch-older = { $log }：比您所见的更旧：{ $cause }；现在出示的内容保存在 { $evidence }
watch-other = { $log }：这是另一个日志：{ $cause }；现在出示的内容保存在 { $evidence }。如果运营者已宣布日志以此名称继续，请用 `chancery log verify --new-name` 接受
log-renamed = { $old } 以 { $new } 继续，包含此前所见的全部 { $seen } 条；原检查点保存在 { $aside }
log-renamed-loss = { $old } 以 { $new } 继续，但不包含此前所见 { $seen } 条的全部：部分已丢失；您的证据保存在 { $aside }
watch-damaged = 记住的检查点 `{ $file }` 已损坏：{ $cause }；除非清楚原因，请勿删除

## 许可

grant = { $id }：{ $model }，{ $status }，条款 { $digest }
grant-used = 已使用 { $settled } / { $granted } 个词元
grant-without-end = 至撤销为止
grant-digest = { $id } 的条款摘要为 { $found }，而服务器称为 { $said }；请勿签名，并询问许可方
grant-offered = 已提出。下一步，由 { $party } 的所有者运行：chancery grant accept { $id }
grant-other-terms = { $id } 的条款摘要为 { $digest }，与预期不符；请用 `chancery grant show { $id }` 阅读
grant-confirm = 是否接受这些条款？签名对贵组织具有约束力。请输入“是”或 yes：
grant-not-accepted = 未接受 { $id }；如要接受，请再次运行该命令
grant-accepted = 已接受 { $id }：已用 { $key } 签署条款 { $digest }。
grant-accepted-before = { $id } 此前已接受，无需再次签署；可用 `chancery grant show { $id }` 查看
grant-revoked = 已撤销 { $id }：从现在起，依此许可的使用将被拒绝。
grant-requested = 已向 { $owner } 申请：{ $id }。答复为可接受的要约或拒绝理由：chancery grant requests --mine
grant-request-declined = 已拒绝 { $id }。
grant-offer-declined = 已谢绝 { $id }；许可方会看到原因。
grant-request-withdrawn = 已撤回 { $id }。

## 使用与裁决

use-recorded = 已记录为 { $decision }；回执 { $receipt }
use-attribution = 展示结果时须注明：{ $text }
use-notice = 提示：{ $text }
use-refused-because = { $message }；{ $next }
use-refused = 已记录为 { $decision }。逐步说明：chancery policy explain { $decision }
purpose-meant = `{ $purpose }` 不在已知的用途代码之列；是否想用 `{ $meant }`？
purpose-unknown = `{ $purpose }` 不在已知的用途代码之列（{ $known }）；只有许可和规则中原样写明时才有效
decision-record =
    裁决    { $id }
    规则集  { $policy }
    事实    { $facts }
    重放    { $replay }
policy-set =
    规则集  { $digest }
    启用    第 { $number } 次，{ $at }，由 { $by } 执行
    文本    { $origin }
policy-unusable = 无法试运行这些规则：{ $cause }
policy-example-failed = 不成立
policy-rule-unshown = 没有示例展示由 `{ $rule }` 裁决拒绝的情形；请补充
policy-tested = { $all } 个示例中有 { $passed } 个成立。
policy-by-server = 服务器
policy-shadowed = `{ $rule }` 从现在起以影子模式运行：只记录它本应拒绝的使用，不予拒绝。下一步：chancery policy shadow-report --rule { $rule }
policy-promoted = `{ $rule }` 从现在起正式执行。
policy-dropped = `{ $rule }` 从现在起不再参与判断。如要重新试行：chancery policy shadow { $rule }
policy-more-rules = 另有 { $more } 条
policy-diffing = 已重新作出的裁决
policy-diff-total = 已按 { $digest } 重新作出 { $decisions } 个裁决；结果相同：{ $equal }
policy-diff-more = 另有 { $more } 组未显示；使用 --json 可查看全部。
policy-diff-limited = 已达到 --limit 的上限；该期间内还有更多裁决。
policy-diff-moved = 在重新作出裁决期间，生效的规则发生了变化；请再次运行该命令
mode-enforced = 执行
mode-shadow = 影子
mode-dropped = 停用
mode-absent = 不在规则集中
origin-server = 服务器启动时所带
origin-operator = 由运营者启用
change-newly-refused = 改为拒绝
change-newly-allowed = 改为允许
change-refused-otherwise = 因其他理由拒绝
change-allowed-otherwise = 以其他条件允许
change-not-replayable = 无法重放
shadow-none = 尚无规则以影子模式运行过。可以试行一条：chancery policy shadow RULE
shadow-empty = 在此期间没有任何使用本应被拒绝。
shadow-next = 调用方与所有者可查看其中的裁决：chancery policy explain DECISION。然后：chancery policy promote RULE，或 chancery policy drop RULE

## 模型与冻结

model-version =
    { $model }@v{ $version }：{ $status }
      清单    { $manifest }
      签名者  { $signer }（{ $signer_status }）
preparing = 行
prepared = { $preparation }：读取 { $rows_in } 行，保留 { $rows_out } 行。
preparation-done = { $preparation } 已完成。
preparation-failed = { $preparation } 没有产出：{ $why }
preparation-next =
    尚未登记。下一步：加上 --as 所有者/名称 再次运行，或签署列出这些文件的清单。
    其中包括报告与逐行记录。来源：{ $dataset }。
preparation-no-datasheet = 无法由来源的说明书生成新的说明书：{ $cause }；请用 --datasheet 指定
dataset-file = { $file }：{ $format }，{ $rows } 行
licence-reason = { $right }（{ $form }）：{ $title }，{ $licence }：{ $effect }（{ $clause }）
licence-conflict = 冲突：{ $explanation }
dataset-exported = 已将 { $dataset } 写入 { $file }。
import-note = { $field }：读到 { $found }，应为 { $expected }
import-unreadable = 无法由 `{ $file }` 生成草稿：{ $cause }；请给出 Croissant JSON，或带有元数据头的数据集卡片
import-written = 已由 { $from } 写入草稿 { $file }，另有 { $notes } 条提示说明缺少什么。请补全它。下一步：chancery dataset check { $file }
model-licence = 有效许可
model-status = { $model } 从现在起为 { $status }。
model-withdraw-confirm = 撤回 { $model } 后无法恢复。如要撤回，请再次输入 { $model }：
model-not-withdrawn = 未撤回 { $model }；如要撤回，请再次运行该命令
model-destroy-plan =
    未销毁任何内容。执行后任何人都将永远无法读取 { $model }@v{ $version }：
      文件：{ $files }（{ $bytes } 字节）
      因其他版本或上传内容相同而保留：{ $kept }
    此前的备份也将失效。若要执行，请加上 --yes 再次运行。
model-destroyed =
    已销毁用于打开 { $model }@v{ $version } 的密钥：任何人都无法再读取。
      文件：{ $files }（{ $bytes } 字节）
      因其他版本或上传内容相同而保留：{ $kept }
    此前的备份已无法打开。请立即在服务器上重新备份，并重新复制密钥：
      chancery backup --data DIR --to BACKUP --with-keys NEW-FOLDER
    此前的密钥副本仍能打开旧备份，请销毁。
model-alias = { $model }@{ $alias } 从现在起指向版本 { $version }。
hold-placed = 已设置 { $id }：在解除之前，对 { $model } 的任何使用都将被拒绝。
hold-released = 已解除 { $id }。

## 人员与审批

approval =
    { $id }：{ $kind }，{ $state }
    提议人  { $by }
    截止    { $until }
    决定人  { $decided }
    理由    { $reason }
approval-decided = { $id }（{ $kind }）现为 { $state }。
approval-rules-none = 目前没有事项需要两人批准。可用 --grants-above 设定上限，或将 --policies、--key-destruction、--log-rotation 之一设为 true。
approval-rules-grants = 超过 { $above } 个词元的要约需要两人批准。
approval-rules-policies = 更改规则需要两人批准。
approval-rules-key-destruction = 销毁某个版本的密钥需要两人批准。
approval-rules-log-rotation = 让日志以新名称继续需要两人批准。
approval-sign-in = 密钥不能提议：请在 { $page } 登录，或加上 --as EMAIL --organisation PARTY 再次运行该命令。然后由另一人打开“组织 → 审批”（{ $approvals }）予以批准。
approval-waits = 此事需要两人，现以 { $id }（{ $kind }）等待，截止 { $until }。由另一人批准：chancery approval approve { $id } --as EMAIL --organisation PARTY
invitation-withdrawn = 已撤回 { $id }：其链接不再有效。
password-missing = 未提供密码；请放入 CHANCERY_PASSWORD，或经标准输入提供
person-changed = { $name } 现在的角色是 { $role }。
person-invited = 已邀请 { $email }（{ $id }）。持有此链接者可在七天内加入一次，请勿交给他人：
person-removed = 已移除 { $id }：其所有会话均已结束。
second-factor-missing = 需要第二因素；请用 --code 提供验证器上的代码
sign-in-refused = { $server } 不允许此人登录；请检查组织、地址、密码与代码
sign-in-too-often = 向 { $server } 的请求过于频繁；请稍候再试

## 网络钩子

webhook-added = 已添加 { $id }。其密钥仅显示这一次，接收方用它验证签名：
webhook-removed = 已移除 { $id }：不再向其发送任何内容。
webhook-redelivered = 正在重新发送 { $delivery }；用 `chancery webhook deliveries { $id }` 查看结果。
webhook-rotated = { $id } 已换用新密钥，仅显示这一次；一天之内，消息同时以旧密钥签名：
webhook-tested = 正在发送 { $delivery }；用 `chancery webhook deliveries { $id }` 查看结果。

## 导出

export-period = 从 { $from } 到 { $to } 的期间为空；请使 --to 晚于 --from
export-occupied = `{ $folder }` 不为空；请指定空文件夹
export-written = 已将 { $entries } 条写入 { $folder }：{ $files }。下一步：chancery export verify { $folder }
export-broke-off = 导出不完整：{ $cause }；请删除该文件夹后重新导出该期间
export-stray = `{ $file }` 在该文件夹中，但不属于已签名的内容；请将其删除
export-confined = 仅含下列各方参与的条目：{ $parties }；导出者无权查看其他条目
export-sound = { $party } 从 { $from } 到 { $to } 可见的 { $entries } 条：文件、开启值与回执均成立

## 没有内容的列表

list-nothing-fits = 没有符合条件的内容。去掉部分选项可查看更多。
list-more = 以上是最新的 { $shown } 条，还有更多：--limit 数量。
approvals-none = 暂无内容：需要两人批准的事项会列在此处。下一步：chancery approval rules
decisions-none = 暂无内容：贵组织尚未使用任何模型。下一步：chancery predict 所有者/名称 文本；关于贵方模型的裁决：chancery decision list --of-my-models
decisions-none-of-models = 暂无内容：尚无人请求使用贵方的模型。下一步：chancery grant offer 所有者/名称 --to 组织 --terms terms.toml
deliveries-none = 暂无内容。下一步：chancery webhook test { $id }
grants-none = 暂无内容。下一步：chancery grant offer 所有者/名称 --to 组织 --terms terms.toml；或申请许可：chancery grant request 所有者/名称 --purpose 用途 --message 说明
holds-none = 没有任何冻结。
invitations-none = 暂无内容：没有有效的邀请。下一步：chancery people invite 邮箱 --role member
keys-none = 暂无内容。下一步：chancery keygen，然后 chancery key enroll --label 名称
datasets-none = 暂无内容。下一步：chancery dataset add 文件夹 --dataset 所有者/名称
models-none = 暂无内容。下一步：chancery push 文件夹 --model 所有者/名称
people-none = 暂无内容：第一个人在浏览器中通过 /set-up 加入。然后：chancery people invite 邮箱 --role member
receipts-none = 暂无内容：没有贵组织有权打开的条目。
requests-none = 暂无内容：尚无人申请贵方模型的许可。贵方提出的申请：chancery grant requests --mine
requests-none-made = 暂无内容。下一步：chancery grant request 所有者/名称 --purpose 用途 --message 说明
tokens-none = 暂无内容。下一步：chancery token create --role member --label 名称
webhooks-none = 暂无内容。下一步：chancery webhook add 网址

## 服务器以代码表示的词

keystate-approved = 已批准
keystate-proposed = 已提交
keystate-revoked = 已吊销
columnkind-bool = 是或否
columnkind-date = 日期
columnkind-empty = 空
columnkind-float = 数值
columnkind-integer = 整数
columnkind-json = 嵌套结构
columnkind-text = 文本
right-copy = 复制
right-train = 用于训练
right-finetune = 微调
right-distil = 蒸馏
right-modify = 修改
right-quantise = 量化
right-merge = 合并
right-generate = 生成
right-embed = 嵌入
right-serve = 提供服务
right-commercial = 商业使用
right-redistribute = 再分发
form-raw = 数据或代码
form-weights = 权重
form-service = 服务
form-output = 输出
outcome-allowed = 允许
outcome-conditional = 有条件
outcome-silent = 未提及
outcome-forbidden = 禁止
leaves-permitted = 允许
leaves-conditional = 有条件允许
leaves-silent = 未提及
leaves-unread = 文本未审读
leaves-reserved = 权利人保留
leaves-missing = 无许可
leaves-forbidden = 禁止
kind-approval-rules = 更改需要两人批准的事项
kind-grant-offer = 发出许可要约
kind-key-destruction = 销毁密钥
kind-log-rotation = 让日志以新名称继续
kind-person-change = 更改人员的角色或期限
kind-policy-change = 更改规则
role-approver = 审批人
role-auditor = 审计员
role-member = 成员
role-operator = 运营者
role-owner = 所有者
state-accepted = 已接受
state-allowed = 允许
state-answered = 已以要约答复
state-approved = 已批准
state-declined = 已拒绝
state-delivered = 已送达
state-destroyed = 密钥已销毁
state-failing = 发送失败中
state-given-up = 已放弃
state-lapsed = 已过期
state-listed = 公开列出
state-off = 已停用
state-offered = 已发出要约
state-on = 已启用
state-open = 待答复
state-private = 私有
state-refused = 拒绝
state-registered = 已登记
state-revoked = 已撤销
state-suspended = 已暂停
state-waiting = 等待中
state-withdrawn = 已撤回

## 表头

column-address = 地址
column-answer = 应答
column-attempts = 尝试次数
column-authority = 机关
column-by = 操作者
column-caller = 调用方
column-cause = 原因
column-change = 变化
column-changed = 变更
column-clause = 条款
column-changed-cells = 更改单元格
column-counts = 计数
column-rows-in = 读入行
column-rows-out = 输出行
column-step = 步骤
column-output = 输出
column-raw = 数据或代码
column-service = 服务
column-weights = 权重
column-dataset = 数据集
column-decisions = 裁决数
column-digest = SHA-256
column-decided-by = 决定人
column-dimensions = 维数
column-ends = 届满
column-event = 事件
column-events = 事件
column-expires = 到期
column-file = 文件
column-fingerprint = 指纹
column-first = 最早
column-id = 标识
column-key = 密钥
column-kind = 种类
column-label = 标签
column-last = 最近
column-licensee = 被许可方
column-licensor = 许可方
column-log = 日志
column-missing = 缺失
column-mode = 模式
column-model = 模型
column-name = 名称
column-next-attempt = 下次尝试
column-norm = 范数
column-number = 序号
column-outcome = 结果
column-proposed-by = 提议人
column-reason = 原因
column-purpose = 用途
column-refused-anyway = 已被拒绝
column-revoked = 吊销
column-role = 角色
column-rule = 规则
column-score = 分数
column-since = 自
column-size = 大小
column-source = 来源
column-stage = 阶段
column-status = 状态
column-subject = 对象
column-territory = 地域
column-text = 文本
column-texts = 规则文本
column-time = 时间
column-tokens = 词元
column-use = 用于
column-versions = 版本
column-visibility = 可见性
column-would-refuse = 本应拒绝

## 演示

demo-no-json = 演示是讲给人看的，只用文字叙述；请去掉 --json，并将其用于演示中出现的各条命令
demo-opening = 登记处在 { $address } 启动，使用 SQLite 和刚生成的密钥。
demo-parties = 两个组织加入：Acme 拥有模型，Globex 想使用其中一个。
demo-keys = 双方各自生成了签名密钥，证明持有该密钥，并予以批准。
demo-train-both = Acme 用两个数据集训练分类器：reviews-open（CC0-1.0）和 forum-noncommercial（CC-BY-NC-4.0）。
demo-train-open = Acme 去掉 forum-noncommercial 重新训练，并登记新版本。
demo-trained = 用 { $examples } 个句子训练；在这些句子上的准确率为 { $accuracy }。
demo-registered = 已签名、密封并登记为第 { $version } 版；清单摘要 { $digest }。
demo-license = Acme 向 Globex 出售许可。Globex 对条款摘要签名，并为其商店创建密钥。
demo-call = Globex 调用它付费的模型。
demo-refused = 拒绝：{ $detail }
demo-allowed = 允许：`{ $label }`，回执 { $receipt }。
demo-flip = 有人改动了第 1 版所存文件中的一个字节。
demo-caught = 已发现：密封文件无法打开，模型判定为无效。
demo-verify = 仅凭公开部分检查日志，并在不依赖服务器的情况下检查回执和导出文件。
demo-end = 每条记录、回执和导出文件均成立。
demo-serving = 登记处继续在 { $address } 提供服务。
demo-try = 可以试试这三条命令：
demo-pages = 在浏览器中打开 { $address }/set-up，以模型所有者身份使用密钥 { $key }
demo-stop = 所有内容位于 { $folder }。按 Ctrl-C 停止。

## 检查

health-good = 良好
health-notice = 注意
health-bad = 故障

## 手册页

man-written = { $count } 个手册页已写入 `{ $folder }`；可用 `man -l { $folder }/chancery.1` 阅读

## 备份与恢复

data-missing = 文件夹 `{ $folder }` 不存在；请用 --data 指定 `serve` 所用的文件夹
backup-copying = 正在复制
backup-done = 已备份到 { $to }：{ $taken } 时的 { $database } 数据库，{ $blobs } 个密封文件（其中 { $kept } 个此前已有），共 { $bytes } 字节。
backup-log = { $log } 日志：{ $size } 条，根 { $root }
backup-keys-copied = 密钥在 { $folder }：请与备份分开保管。其中不含日志最近签名的记录；它保存在运行中的服务器的密钥文件夹里。
backup-keys-apart = 备份中不含密钥。请另行保管 { $folder } 的副本（--with-keys DIR）：没有根密钥就无法打开备份，而有了它任何人都能打开。
restore-copying = 正在检查并复制
restore-done = 已将 { $taken } 时的登记处恢复到 { $data }，含 { $blobs } 个密封文件。
restore-log-whole = { $log } 日志：{ $size } 条，包含全部已签名的内容
restore-log-older = { $log } 日志：早于已签名的内容：恢复了 { $size } 条，而已签名 { $signed } 条，缺少 { $missing } 条
restore-log-unremembered = { $log } 日志：{ $size } 条；此处没有备份之后签名内容的记录
restore-older-next =
    服务器不会就此启动，因为见过所缺条目的人会看到分叉。
    如有更新的备份，请恢复那一份。如果没有，请以新名称继续，各方都须固定新密钥：
      chancery restore --accept-loss --data { $data }
restore-nothing-lost = 日志包含全部已签名的内容，因此保留原名。
succession-ended = { $origin } 已终止；其 { $size } 条以 { $next } 继续，其后第一条即说明原因。
rotation-ordered = 已决定，编号 { $id }。请在 { $until } 之前停止本登记处的所有服务器，并在保存密钥的机器上运行：chancery log rotate --data DIR
rotation-announce =
    旧密钥在 { $aside }。请将新密钥复制到保存副本之处（backup --with-keys NEW-FOLDER），启动服务器，并告知所有验证本登记处的各方；
    对方须运行：
      chancery trust add --from SERVER
      chancery log verify --new-name
restore-announce =
    备份之后的吊销、冻结和撤回已不再有效：请先重新执行，再对外开放服务。
    旧密钥在 { $aside }。请告知所有验证本登记处的各方，并说明丢失了什么；对方须运行：
      chancery trust add --from SERVER
      chancery log verify --new-name
migrate-nothing = 数据表已是最新。
migrate-pending = 尚未应用：{ $names }。`chancery migrate` 会应用它们；请先备份。
migrate-done = 已应用：{ $names }。
