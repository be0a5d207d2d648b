//! Whether people can sign in through the providers that the operator named.

use chancery_base::values::{Clock, Localized};

use super::{Health, Report, told};
use crate::app::{Config, SystemClock, providers::read_providers};

/// Reads the file and asks each provider what it offers.
pub(super) fn sign_in(config: &Config, report: &mut Report) {
    let Some(file) = &config.sign_in else { return };
    let providers = match read_providers(file) {
        Ok(providers) => providers,
        Err(error) => {
            let fix =
                Localized::new("correct the file, as `serve` refuses it", "请改正该文件，否则 `serve` 会拒绝启动");
            return report.ill("sign-in", Health::Bad, told(&error), fix);
        }
    };
    for provider in providers {
        let (label, issuer) = (&provider.label, provider.issuer());
        match provider.look(SystemClock.now()) {
            Ok(()) => {
                report.good("sign-in", format!("{label} ({issuer}) answers"), format!("{label}（{issuer}）可正常访问"))
            }
            Err(error) => report.ill(
                "sign-in",
                Health::Notice,
                Localized::new(
                    format!("{label} ({issuer}) cannot be used: {error}"),
                    format!("{label}（{issuer}）无法使用：{error}"),
                ),
                Localized::new(
                    "nobody signs in through it until it is; passwords still work",
                    "恢复之前无法通过它登录；仍可使用密码登录",
                ),
            ),
        }
    }
}
