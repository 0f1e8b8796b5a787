"""The reader of the API's documentation."""

from playwright.sync_api import expect

from demo.people import SLUG


def test_the_documentation_is_drawn_and_calls_the_api(window, site):
    token = site.run("command", "api_token", SLUG).stdout.strip()
    page = window()
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="Tandem API")).to_be_visible()
    page.get_by_role("button", name="Authorize").click()
    dialog = page.locator(".dialog-ux")
    dialog.locator("input").fill(token)
    dialog.get_by_role("button", name="Apply credentials").click()
    dialog.get_by_role("button", name="Close").click()
    operation = page.locator("#operations-spend-spend_list")
    operation.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text(
        "200"
    )
