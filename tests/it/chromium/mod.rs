//! The pages in a real browser: headless Chromium, driven through its driver, with a fresh profile each time.

mod journeys;
mod pages;
mod providers;
mod signing;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use thirtyfour::{By, ChromeCapabilities, ChromiumLikeCapabilities, WebDriver, WebElement, prelude::*};

use crate::required::required;

/// How long a page may take to show something on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a browser looks at pages.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub is_phone: bool,
    pub has_scripts: bool,
}

/// A wide window with scripts.
pub const WIDE: Look = Look { is_phone: false, has_scripts: true };

/// Width of a common phone, in CSS pixels.
const PHONE_WIDTH: u32 = 390;

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // Told to stop, it ends its browser too; that browser would outlive it otherwise, where a test failed.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// Runs `test` in a browser, where there is one.
pub fn drive(look: Look, test: impl AsyncFnOnce(&Tab)) {
    let Some(program) = required("CHANCERY_CHROMEDRIVER") else { return };
    let profile = tempfile::tempdir().unwrap();
    let mut child = Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let driver = Driver(child);
    let port = said.lines().map_while(Result::ok).find_map(|line| {
        line.split("on port ")
            .nth(1)
            .map(|rest| rest.trim_end_matches('.').trim().to_owned())
            .filter(|port| port != "0")
    });
    let server = format!("http://127.0.0.1:{}", port.unwrap());
    let mut capabilities = ChromeCapabilities::new();
    let folder = format!("--user-data-dir={}", profile.path().display());
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,1000",
        &folder,
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    if look.is_phone {
        let metrics = json!({"deviceMetrics": {"width": PHONE_WIDTH, "height": 844, "pixelRatio": 1.0}});
        capabilities.add_experimental_option("mobileEmulation", metrics).unwrap();
    }
    if !look.has_scripts {
        let off = json!({"profile.managed_default_content_settings.javascript": 2});
        capabilities.add_experimental_option("prefs", off).unwrap();
    }
    actix_web::rt::System::new().block_on(async {
        let tab = Tab { driver: WebDriver::new(&server, capabilities).await.unwrap() };
        test(&tab).await;
        tab.driver.quit().await.unwrap();
    });
    drop(driver);
}

/// A tab of the browser.
pub struct Tab {
    pub driver: WebDriver,
}

impl Tab {
    pub async fn open(&self, address: &str) {
        self.driver.goto(address).await.unwrap();
    }

    /// Path and query of the page that is shown.
    pub async fn place(&self) -> String {
        let address = self.driver.current_url().await.unwrap();
        address.query().map_or_else(|| address.path().to_owned(), |query| format!("{}?{query}", address.path()))
    }

    /// The first element that a CSS selector finds, once it is there.
    pub async fn find(&self, selector: &str) -> WebElement {
        let found = self.driver.query(By::Css(selector)).wait(PATIENCE, Duration::from_millis(50)).first().await;
        match found {
            Ok(element) => element,
            Err(_) => panic!("no `{selector}` at {}: {}", self.place().await, self.text().await),
        }
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        self.driver.find(By::Tag("body")).await.unwrap().text().await.unwrap()
    }

    /// Types into a field in place of what stands there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("main [name='{name}']")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Clicks on what a CSS selector finds.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap();
    }

    /// Clicks on what leads to another page, and waits until this one is gone: its fields must not be taken for those to come.
    pub async fn leave_by(&self, selector: &str) {
        let way = self.find(selector).await;
        way.click().await.unwrap();
        way.wait_until().wait(PATIENCE, Duration::from_millis(50)).stale().await.unwrap();
    }

    /// Signs in by the form.
    pub async fn sign_in(&self, url: &str, organisation: &str, email: &str, password: &str) {
        self.open(&format!("{url}/sign-in")).await;
        for (name, text) in [("organisation", organisation), ("email", email), ("password", password)] {
            self.fill(name, text).await;
        }
        self.leave_by("main button").await;
        self.find(".account").await;
    }

    /// Chooses language and theme for the pages from here on.
    pub async fn prefer(&self, language: &str, theme: &str) {
        for (name, value) in [("chancery-language", language), ("chancery-theme", theme)] {
            self.driver.add_cookie(thirtyfour::Cookie::new(name, value)).await.unwrap();
        }
    }
}
