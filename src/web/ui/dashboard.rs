//! The first page: what needs whoever looks.

use askama::Template;

use super::{frame::Frame, visit::Visit};
use crate::web::call::Answer;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
}

/// `GET /`
pub async fn dashboard(visit: Visit) -> Answer {
    Visit::show(&DashboardPage { frame: visit.frame })
}
