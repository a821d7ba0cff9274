// Firefox, by puppeteer-core over WebDriver BiDi.
import puppeteer from "puppeteer-core";
import { program } from "./programs.mjs";

export const name = "Firefox";

const path = program("FIREFOX", "firefox-esr", "firefox");

export const missing = () => (path ? undefined : "install Debian's firefox-esr, or set FIREFOX to the path of a Firefox");

export async function start() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: path, headless: true });
  const page = await browser.newPage();
  return {
    goto: (url) => page.goto(url, { waitUntil: "load" }),
    resize: (width, height) => page.setViewport({ width, height }),
    evaluate: (of, ...values) => page.evaluate(of, ...values),
    press: (key) => page.keyboard.press(key),
    click: (x, y) => page.mouse.click(x, y),
    choose: async (selector, file) => (await page.$(selector)).uploadFile(file),
    screenshot: async () => Buffer.from(await page.screenshot()),
    close: () => browser.close(),
  };
}
