"""
Seeded defects: each row is (the check that must fail, the file, the text, what it becomes).

`header` as the file means a response header of the checkout server, `Name: value`.
"""

from typing import Final

from tests.browser.checkout.stage import Mutant

_SDK: Final = "checkout.js"
_MAIN: Final = "page/main.js"
_FLOW: Final = "page/flow.js"
_VIEW: Final = "page/view.js"
_FIELDS: Final = "page/fields.js"
_FRAME: Final = "page/frame.js"
_CARD: Final = "page/card.js"
_HTML: Final = "page/checkout.html"
_CSS: Final = "page/checkout.css"
_API: Final = "page/api.js"
_DEMO: Final = "demo/demo.js"

_ROWS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # The modal.
    ("modal_has_the_contracts_structure", _SDK, "this.frame, this.closeButton);", "this.closeButton, this.frame);"),
    ("frame_address_is_the_contracts", _SDK, 'embedded: "true"', 'embedded: "1"'),
    ("key_is_in_no_address", _SDK, 'embedded: "true" })', 'embedded: "true", key: options.key })'),
    ("success_reports_payment_order_and_signature", _FLOW, 'typeof payment.checkout_signature === "string"', "false"),
    ("success_closes_and_calls_on_close_once", _SDK, "setTimeout(() => this.close(), SUCCESS_PAUSE_MS)", "0"),
    ("success_is_shown_before_the_modal_goes", _SDK, "const SUCCESS_PAUSE_MS = 900", "const SUCCESS_PAUSE_MS = 0"),
    ("failure_is_reported_and_the_modal_stays", _SDK, "options.onFailure({", "this.close(); options.onFailure({"),
    ("payer_can_try_again_in_place", _FLOW, 'if (this.phase === "failed") this.#openForm();', 'if (this.phase === "failed") return;'),
    ("close_button_closes_and_reports_cancel", _SDK, 'failure("CANCEL",', 'failure("API_ERROR",'),
    ("close_by_program_calls_on_close_once", _SDK, "if (this.#modal) this.#modal.close();", "if (this.#modal) this.#modal.close(); else this.#options.onClose();"),
    ("close_without_open_does_nothing", _SDK, "if (this.#modal) this.#modal.close();", "if (this.#modal) this.#modal.close(); else this.#options.onClose();"),
    ("second_open_does_not_duplicate", _SDK, "if (this.#modal) {\n        this.#modal.frame.focus();\n        return;\n      }\n      if (current || document.getElementById(MODAL_ID)) {", "if (false) {"),
    ("another_instance_is_refused_while_one_is_open", _SDK, "if (current || document.getElementById(MODAL_ID)) {", "if (false) {"),
    ("reopening_reports_once", _SDK, "this.listeners.abort();", "this.isSettled = false; current = this; setTimeout(() => { current = null; });"),
    ("modal_that_the_page_threw_away_opens_again", _SDK, "if (current && !current.root.isConnected) current.close();", ""),
    ("destroyed_checkout_cannot_open", _SDK, "this.#isDestroyed = true;", ""),
    ("escape_on_the_page_closes", _SDK, 'if (event.key !== "Escape" || event.isComposing) return;', "return;"),
    ("escape_in_the_frame_closes", _MAIN, 'frame.post("close_modal", { reason: "escape" })', "0"),
    ("escape_can_be_switched_off", _SDK, 'if (reason === "escape" && !this.options.escape) return;', ""),
    ("backdrop_click_closes", _SDK, 'this.dismiss("backdrop")', "0"),
    ("backdrop_click_can_be_switched_off", _SDK, " && this.options.backdropClose", ""),
    ("click_inside_does_not_close", _SDK, "event.target === this.overlay && ", ""),
    ("leaving_a_running_payment_is_asked_first", _SDK, "this.isBusy = data.busy;", ""),
    ("payer_may_leave_a_running_payment", _MAIN, 'reason: "confirmed"', 'reason: "backdrop"'),
    ("insisting_on_the_close_button_leaves", _SDK, '(!this.isAsking || reason === "escape" || reason === "backdrop")', "true"),
    ("escape_keeps_asking_while_a_payment_runs", _SDK, '!this.isAsking || reason === "escape" || ', "!this.isAsking || "),
    ("confirm_close_asks_before_any_payment", _SDK, " || this.options.confirmClose)", ")"),
    ("closing_while_success_is_shown_is_no_cancel", _SDK, 'if (!this.isSettled) this.options.onError(failure("CANCEL"', 'this.options.onError(failure("CANCEL"'),
    ("focus_goes_into_the_checkout", _SDK, "this.cover();\n          this.frame.focus();", "this.cover();"),
    ("focus_never_reaches_the_page_behind", _SDK, "for (const child of others) child.inert = true;", "this.guards = [];"),
    ("focus_turns_round_backwards", _SDK, "() => this.closeButton.focus());", "() => this.guards[0].blur());"),
    ("focus_returns_to_where_it_was", _SDK, "before.focus({ preventScroll: true });", "before.blur();"),
    ("page_behind_is_inert_only_while_open", _SDK, "child !== modal && !child.inert", "child !== modal"),
    ("scrolling_is_locked_and_given_back", _SDK, "style.overflow = before;", 'style.overflow = "";'),
    ("modal_is_announced_as_a_dialog", _SDK, '"aria-modal": "true", ', ""),
    ("reduced_motion_is_respected", _SDK, "@media (prefers-reduced-motion:no-preference)", "@media all"),
    ("small_screens_get_a_sheet", _SDK, "max-width:none;margin:auto 0 0", "max-width:none;margin:0 0 auto"),
    ("frame_grows_with_its_content", _MAIN, 'frame.post("checkout_resize"', 'void ("checkout_resize"'),
    ("styles_survive_a_strict_policy", _SDK, "if (!document.adoptedStyleSheets) {", "if (true) {"),
    ("merchants_class_names_stay_the_merchants", _SDK, "#M .modal-content{position", ".modal-content{position"),
    ("frame_cannot_navigate_the_merchants_page", _SDK, 'sandbox: "allow-scripts', 'sandbox: "allow-top-navigation allow-scripts'),
    ("twenty_cycles_leak_nothing", _SDK, "this.listeners.abort();", "(window.kept = window.kept || []).push(this);"),
    # Options and loading.
    ("wrong_options_are_refused_by_name", _SDK, "!/^https?:$/.test(url.protocol)", "false"),
    ("secret_keys_are_refused", _SDK, "/^(secret|sk|whsec)_/.test(key)", "false"),
    ("hostile_order_id_stays_a_parameter", _SDK, 'new URLSearchParams({ order_id: options.orderId, embedded: "true" })', '"order_id=" + options.orderId + "&embedded=true"'),
    ("polluted_prototype_changes_nothing", _SDK, "options && Object.prototype.hasOwnProperty.call(options, name) ?", "options ?"),
    ("throwing_callback_does_not_stop_the_checkout", _SDK, "    return (argument) => {\n      try {", "    return value; (argument) => {\n      try {"),
    ("ready_is_reported_once", _SDK, "if (!this.isReady) options.onReady();", "options.onReady();"),
    ("silent_page_is_reported_and_can_be_reloaded", _SDK, 'this.on(retry, "click", () => this.load());', ""),
    ("theme_reaches_modal_and_page", _SDK, 'this.send("init", { locale, theme, prefill,', 'this.send("init", { locale, prefill,'),
    ("locale_reaches_modal_and_page", _MAIN, 'if (typeof locale === "string") setLanguage(locale);', ""),
    ("prefill_reaches_the_page", _SDK, '["method", "vpa", "name"]', '["vpa", "name"]'),
    ("script_loaded_twice_stays_one", _SDK, "else if (!root.PaymentGateway) root", "else root"),
    ("module_exports_the_same_class", _SDK, "(isModule && module.url) || ", ""),
    ("loader_inserts_one_script_and_may_be_tried_again", "loader.js", "pending.delete(url);", ""),
    ("published_integrity_values_are_accepted", "header", "Access-Control-Allow-Origin: *", "X-Nothing: *"),
    ("page_without_an_origin_is_told_so", _SDK, 'if (location.origin === "null") {', "if (false) {"),
    ("connection_that_returns_during_a_poll_is_not_missed", _FLOW, "isCalled = true;", ""),
    ("page_without_a_body_is_told_so", _SDK, " || !document.body", ""),
    # Messages.
    ("right_message_from_the_frame_is_believed", _SDK, "payment_success: (data, options) => known(data, options)", "payment_success: (data, options) => !known(data, options)"),
    ("message_from_another_origin_is_ignored", _SDK, "event.origin !== this.options.host || ", ""),
    ("message_of_the_page_itself_is_ignored", _SDK, "event.origin !== this.options.host || event.source !== this.frame.contentWindow", "false"),
    ("message_of_a_sibling_frame_is_ignored", _SDK, " || event.source !== this.frame.contentWindow", ""),
    ("message_with_a_wrong_nonce_is_ignored", _SDK, " || message.nonce !== this.nonce", ""),
    ("replayed_message_is_ignored", _SDK, " || message.seq <= this.lastSeq", ""),
    ("message_of_an_earlier_opening_is_ignored", _SDK, "const bytes = crypto.getRandomValues(new Uint8Array(18));", "const bytes = new Uint8Array(18);"),
    ("malformed_messages_are_ignored", _SDK, "id(data.paymentId) && data.orderId === options.orderId", "data.orderId === options.orderId"),
    ("success_is_believed_once", _SDK, "if (this.isSettled) return;", ""),
    ("no_listener_answers_after_close", _SDK, "this.listeners.abort();", ""),
    ("greeting_is_addressed_to_the_checkout_alone", _SDK, "data }, this.options.host);", 'data }, "*");'),
    ("page_obeys_only_the_window_around_it", _FRAME, "source !== window.parent || !this.#isAllowed(origin)", "false"),
    ("page_takes_one_greeting", _FRAME, "this.nonce !== undefined || ", ""),
    ("page_ignores_wrong_nonces_and_replays", _FRAME, " && message.seq > this.seenSeq", ""),
    ("page_ignores_wrong_nonces_and_replays", _FRAME, " && message.nonce === this.nonce", ""),
    ("merchants_own_script_gets_the_contracts_messages", _FRAME, "this.origin || browserSays()", "this.origin"),
    ("unlisted_origin_may_not_frame_the_page", "header", "; frame-ancestors https://shop.example", ""),
    ("listed_origin_may_frame_the_page", "header", "frame-ancestors http", "frame-ancestors https"),
    ("results_go_to_listed_origins_only", _FRAME, 'if (!origin || origin === "null" || !this.#isAllowed(origin)) return;', ""),
    # The hosted page.
    ("every_hook_of_the_contract_exists_once", _HTML, ' data-test-id="success-message"', ""),
    ("every_hook_of_the_contract_exists_once", _HTML, 'data-test-id="method-card" data-method="card"', 'data-testid="method-card" data-method="card"'),
    ("only_the_chosen_form_is_shown", _VIEW, "panel.hidden = !isChosen;", "panel.hidden = false;"),
    ("order_and_amount_are_shown", _VIEW, 'this.find("order-id").textContent = order.id;', ""),
    ("amounts_follow_their_currency", "page/money.js", ", minimumFractionDigits: places, maximumFractionDigits: places", ""),
    ("amounts_follow_their_currency", "page/money.js", "return format.format(decimal(amountMinor, currency));", "return format.format(amountMinor / 100);"),
    ("upi_payment_succeeds", _FLOW, 'if (payment.status === "success") return', 'if (payment.status === "processed") return'),
    ("wrong_vpa_is_refused_before_sending", _FIELDS, "const VPA = /^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$/;", "const VPA = /@/;"),
    ("wrong_vpa_is_refused_before_sending", _FIELDS, "if (!this.isPointerDown) action();", "if (true) action();"),
    ("card_number_is_grouped_while_typing", _CARD, "amex: [4, 6, 5]", "amex: [4, 4, 7]"),
    ("caret_stays_where_the_payer_types", _FIELDS, "input.setSelectionRange(caret, caret)", "input.setSelectionRange(99, 99)"),
    ("network_icon_follows_the_number", _CARD, "head >= 81 && head <= 89", "head >= 83 && head <= 89"),
    ("amex_takes_a_code_of_four_digits", _CARD, 'network === "amex" ? 4 : 3', "3"),
    ("expiry_is_written_as_it_is_typed", _CARD, "year.length === 4 ? year.slice(2) : ", ""),
    ("wrong_cards_are_refused_before_sending", _CARD, " && passesLuhn(digits)", ""),
    ("wrong_cards_are_refused_before_sending", _FIELDS, 'expiry.isPast ? "error_expired" : null', "null"),
    ("card_number_goes_to_the_vault_and_nowhere_else", _FLOW, '? { method: "card", card_token: await this.api.tokenise(details.card) }', "? { ...details, card_token: await this.api.tokenise(details.card) }"),
    ("card_data_is_not_kept_anywhere", _FLOW, "this.attempt = { instrument, key: this.usedKey ?? freshKey() };", 'this.attempt = { instrument, key: freshKey() }; localStorage.setItem("attempt", "x");'),
    ("card_data_is_not_kept_anywhere", _API, "async tokenise(card) {", "async tokenise(card) { console.log(card.number);"),
    ("card_fields_are_emptied_after_success", _MAIN, 'if (phase === "success") fields.wipe', 'if (phase === "never") fields.wipe'),
    ("security_code_is_emptied_after_a_decline", _MAIN, 'if (phase === "failed") fields.wipe', 'if (phase === "never") fields.wipe'),
    ("card_fields_are_emptied_when_the_page_goes", _MAIN, 'window.addEventListener("pagehide"', 'window.addEventListener("never"'),
    ("inputs_are_made_for_autofill_and_not_for_forms", _HTML, 'autocomplete="cc-number"', 'autocomplete="cc-number" name="number"'),
    ("net_banking_needs_a_bank_and_sends_its_code", _FIELDS, 'return value === "" ? "error_bank" : null;', "return null;"),
    ("double_click_pays_once", _FLOW, 'if (this.phase !== "form") return;', ""),
    ("polling_ends_with_the_payment", _FLOW, 'if (payment.status === "success") return this.#succeed(payment);', 'if (payment.status === "success") this.#succeed(payment);'),
    ("polls_are_two_seconds_apart", _FLOW, "const POLL_INTERVAL_MS = 2000", "const POLL_INTERVAL_MS = 500"),
    ("declines_are_explained", _VIEW, 'const said = this.phase === "failed" && description;', "const said = false;"),
    ("gateways_complaint_lands_at_its_field", _FLOW, 'EXPIRED_CARD: "expiry"', 'EXPIRED: "expiry"'),
    ("hindi_is_complete", "page/texts.js", 'failed: "भुगतान विफल"', 'failed: "Payment failed"'),
    ("language_can_be_switched_in_every_state", _MAIN, "fields.restate();", ""),
    ("dark_and_light_follow_the_payer", _CSS, ':root:not([data-theme="light"])', ":root"),
    ("loaded_scripts_are_the_inventory", _MAIN, 'view.chooseMethod("upi");\n', 'view.chooseMethod("upi");\nimport("../demo/demo.js").catch(() => 0);\n'),
    ("page_breaks_none_of_its_own_rules", _MAIN, 'view.chooseMethod("upi");\n', 'view.chooseMethod("upi");\nroot.setAttribute("style", "color:red");\n'),
    ("script_of_an_injected_element_does_not_run", "header", "script-src 'self'", "script-src 'self' 'unsafe-inline'"),
    ("script_of_an_injected_element_does_not_run", _VIEW, '"[data-merchant]").textContent =', '"[data-merchant]").innerHTML ='),
    # When things go wrong.
    ("lost_answer_is_asked_for_again_under_the_same_key", _API, '{ "Idempotency-Key": key }, 4)', '{ "Idempotency-Key": key }, 1)'),
    ("lost_answer_is_asked_for_again_under_the_same_key", _API, '"Idempotency-Key": key', '"Idempotency-Key": ""'),
    ("unknown_outcome_is_sent_again_never_anew", _FLOW, '      if (error instanceof Unreachable) {\n        this.#enter("unsent");', "      if (error instanceof Unreachable) {\n        this.#openForm();"),
    ("every_attempt_has_a_key_of_its_own", _FLOW, "this.usedKey ?? freshKey()", '"0".repeat(32)'),
    ("absent_vault_leaves_the_form_as_it_was", _FLOW, 'this.#openForm({ problem: "error_nothing_sent" });', 'this.#enter("unavailable");'),
    ("silent_bank_is_a_wait_and_not_a_failure", _FLOW, "if (elapsedMs > this.timeoutMs) return this.#giveUp();", "if (elapsedMs > this.timeoutMs) return this.#fail(payment);"),
    ("waiting_can_be_taken_up_again", _FLOW, 'else if (this.phase === "unknown") await this.#resumeOrOpen(this.paymentId);', 'else if (this.phase === "unknown") this.#openForm();'),
    ("reload_resumes_the_payment", _FLOW, "remember(this.api.orderId, payment.id);", ""),
    ("reload_while_sending_sends_the_same_again", _FLOW, "rememberAttempt(this.api.orderId, this.attempt);", ""),
    ("reload_in_the_modal_while_sending_uses_the_same_key", _FLOW, "key: this.usedKey ?? freshKey()", "key: freshKey()"),
    ("request_still_under_way_is_waited_for", _API, 'if (error.code === "IDEMPOTENCY_KEY_IN_USE") throw', "if (false) throw"),
    ("refused_payment_is_not_sent_again_by_a_reload", _FLOW, "    if (this.attempt) this.#forget();\n", ""),
    ("return_from_the_bank_asks_at_once", "back/back.js", '"challenge_returned", location.origin', '"challenge_returned", "https://elsewhere.example"'),
    ("return_page_says_what_to_do_and_fits", "back/back.html", '<html lang="en">', "<html>"),
    ("reload_in_the_modal_still_reports", _SDK, "resume: memory(orderId) }", "}"),
    ("reload_after_a_decline_starts_over", _FLOW, "  #forget() {\n    forget(this.api.orderId);", "  #forget() {"),
    ("forbidden_storage_does_not_stop_a_payment", "page/memory.js", "  } catch {\n    return null;\n  }", "  } finally {\n  }"),
    ("paid_order_offers_no_form", _FLOW, "if (PAID.includes(this.order.status))", "if (false)"),
    ("unknown_order_is_said_plainly", _VIEW, "retry.hidden = button === null;", ""),
    ("absent_gateway_gives_a_page_without_a_form", _MAIN, "config.is_down ? location.reload() : flow.retry()", "0"),
    ("challenge_is_shown_in_the_page_and_leads_on", _FLOW, 'action.type === "redirect"', 'action.type === "nowhere"'),
    ("challenge_survives_a_reload", _FLOW, "const known = recall(this.api.orderId) || this.reminded;", "const known = null;"),
    ("challenge_frame_is_not_reloaded_by_polls", _VIEW, 'else if (this.challenge?.getAttribute("src") !== url) this', "else this"),
    ("challenge_with_a_script_address_is_not_followed", _VIEW, "/^https?:$/.test(new URL(url).protocol)", "true"),
    ("challenge_on_our_own_origin_is_not_framed", _VIEW, " && new URL(url).origin !== location.origin", ""),
    ("challenge_that_may_not_be_framed_gets_a_window", _MAIN, "view.isFrameBlocked = true;", ""),
    ("lost_connection_is_said_and_bridged", _MAIN, '["online", "offline", "pageshow"]', '["pageshow"]'),
    ("waking_tab_asks_at_once", _MAIN, 'if (document.visibilityState === "visible") flow.wake();', ""),
    # Access.
    ("axe_is_content_with_every_light_state", _CSS, "--soft: #475467;", "--soft: #a8b0bd;"),
    ("axe_is_content_with_every_dark_state", _CSS, "--bad: #fda29b;", "--bad: #7a1a10;"),
    ("axe_is_content_with_hindi", _MAIN, "view.setLanguage(locale);", "view.setLanguage(locale); document.documentElement.lang = '';"),
    ("axe_is_content_with_the_modal", _SDK, ', "aria-label": this.texts.dialog, "data-theme"', ', "data-theme"'),
    ("nothing_overflows_at_320_pixels", _CSS, ".stage { flex: 1; }", ".stage { flex: 1; min-width: 22rem; }"),
    ("nothing_overflows_with_text_twice_as_large", _CSS, ".tabs span { overflow-wrap: anywhere; }", ".tabs span { white-space: nowrap; } .tabs button { min-width: 12rem; }"),
    ("targets_are_large_enough_for_fingers", _CSS, "min-height: 3.125rem; padding: .625rem 1rem;", "min-height: 1rem; padding: 0;"),
    ("payment_works_with_the_keyboard_alone", _HTML, 'id="tab-upi"', 'id="tab-upi" disabled'),
    ("arrow_keys_choose_the_method", _MAIN, "ArrowLeft: -1", "ArrowLeft: 1"),
    ("new_state_takes_the_focus_and_is_announced", _VIEW, "if (target) target.focus();", ""),
    ("problems_are_tied_to_their_fields", _HTML, 'aria-describedby="vpa-hint vpa-problem"', 'aria-describedby="vpa-hint"'),
    ("page_moves_only_if_the_payer_likes_it", _CSS, "@media (prefers-reduced-motion: no-preference)", "@media all"),
    # The demo shop.
    ("demo_tells_the_story_of_a_payment", _DEMO, "watch(began, number)", "Promise.resolve()"),
    ("demo_does_not_believe_a_bad_signature", _DEMO, "isFinal && one.verified", "isFinal"),
    ("demo_shows_a_decline", _DEMO, 'note("result", "bad",', 'note("result", "done",'),
    ("demo_keeps_its_secret", _DEMO, "let run = 0;", "let run = 0; // secret_test_xyz789"),
    ("demo_complains_when_the_gateway_is_away", _DEMO, "complain(error.message);\n    button", "button"),
    ("demo_obeys_the_policy_that_we_advise", _DEMO, "let run = 0;", 'let run = 0;\nfind("buy-button").setAttribute("style", "color:red");'),
    ("axe_is_content_with_the_demo", "demo/demo.html", 'alt="Two steaming clay cups, one terracotta and one with a teal glaze" ', ""),
    ("demo_fits_320_pixels", "demo/demo.css", "li > div { min-width: 0; flex: 1; }", "li > div { min-width: 30rem; flex: 1; }"),
)  # fmt: skip


def all_mutants() -> list[Mutant]:
    """
    The rows as mutants: one for each defect, whatever the number of checks that must notice it.  Named after the first of them, numbered.
    """
    kills: dict[tuple[str, str, str], list[str]] = {}
    for check, *defect in _ROWS:
        file, old, new = defect
        kills.setdefault((file, old, new), []).append(check)
    firsts: list[str] = []
    made = []
    for (file, old, new), checks in kills.items():
        firsts.append(checks[0])
        name = f"{checks[0]}-{firsts.count(checks[0])}"
        made.append(Mutant(name=name, file=file, old=old, new=new, kills=tuple(checks)))
    return made
