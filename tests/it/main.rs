//! What Chancery promises, driven through its doors: a real server, a real database, real clients.

mod floors;
