"""Official SDKs against a running daemon: what they send, and what is there afterwards."""

import base64
import datetime
import glob
import hashlib
import hmac
import json
import os
import sys
import traceback
import uuid
from urllib.parse import quote

import requests

URL = os.environ["SEGMENTD_URL"]
KEY = os.environ["SEGMENTD_KEY"]
SECRET = os.environ["SHOPIFY_SECRET"]
PAYLOADS = os.environ["PAYLOADS"]
HOST, PORT = URL.removeprefix("https://").split(":")


def ask(path):
    answer = requests.get(URL + path, headers={"Authorization": "Bearer " + KEY})
    return answer.json() if answer.status_code == 200 else None


class Person:
    """Somebody as the daemon knows them; false where it knows nobody."""

    def __init__(self, reference):
        found = ask("/v1/people/" + quote(reference, safe="")) or {}
        self.names = {f"{i['namespace']}:{i['value']}" for i in found.get("identifiers", [])}
        self.attributes = found.get("attributes", {})
        self.segments = {s["name"] for s in found.get("segments", [])}
        self.activity = found.get("activity", [])

    def events(self, name):
        return [e for e in self.activity if e.get("event") == name]

    def __bool__(self):
        return bool(self.names)


def same(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def refused(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except Exception as error:
        return str(error)
    raise AssertionError("it was not refused")


def segment(form):
    from segment.analytics.client import Client

    user, device = f"segment-{form}", f"segment-device-{form}"
    client = Client(KEY, host=URL, gzip=form == "gzip", upload_interval=0.05, on_error=lambda *e: errors.append(e))
    errors = []
    east = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    client.track(anonymous_id=device, event="Product Added", properties={"sku": "s-1", "price": 20})
    client.identify(user, {"email": f"{user}@shop.org", "plan": "pro", "gone": None}, anonymous_id=device)
    client.page(user, "Shop", "Home", {"url": "https://shop.org"})
    client.screen(user, "App", "Main")
    client.group(user, "g-1", {"name": "ACME"})
    client.track(
        user, "Order Completed",
        {"order_id": f"o-{user}", "total": 240.5, "products": [{"sku": " s-1", "quantity": 2, "price": 120}]},
        timestamp=datetime.datetime.now(east),
    )
    client.alias(f"former-{user}", user)
    client.flush()
    client.join()
    same(errors, [])
    person = Person(user)
    same(
        person.names,
        {f"user:{user}", f"email:{user}@shop.org", f"anonymous:{device}", f"anonymous:former-{user}"},
    )
    same(person.attributes, {"email": f"{user}@shop.org", "plan": "pro"})
    same({"big_spenders", "recent_buyers"} <= person.segments, True)
    same("cart_abandoners" in person.segments, False)
    same(person.events("page")[0]["properties"], {"category": "Shop", "name": "Home", "url": "https://shop.org"})
    same(person.events("group")[0]["properties"], {"groupId": "g-1", "name": "ACME"})
    order = person.events("Order Completed")[0]
    same(order["messageId"] != "", True)
    # A batch that is sent again counts once.
    batch = {"batch": [{"type": "track", "userId": user, "event": "again", "messageId": f"again-{user}"}]}
    for status in ["accepted", "duplicate"]:
        answer = requests.post(URL + "/v1/batch", json=batch, auth=(KEY, ""))
        same(answer.json()["entries"][0]["status"], status)
    wrong = Client("wrong", host=URL, sync_mode=True)
    same("401" in refused(wrong.track, user, "e") or "invalid_key" in refused(wrong.track, user, "e"), True)


def rudderstack():
    from rudderstack.analytics.client import Client

    client = Client(KEY, host=URL, sync_mode=True)
    client.identify("rudder", {"email": "rudder@shop.org", "plan": "pro"})
    client.track("rudder", "Product Added", {"sku": "S-1"})
    client.page("rudder", "Shop", "Home")
    client.group("rudder", "g-1", {"name": "ACME"})
    client.alias("rudder-device", "rudder")
    person = Person("rudder")
    same(person.names, {"user:rudder", "email:rudder@shop.org", "anonymous:rudder-device"})
    same(person.attributes, {"email": "rudder@shop.org", "plan": "pro"})
    same("cart_abandoners" in person.segments, True)
    # Queued: what is refused is refused for good, and not sent eleven times.
    tries = []
    queued = Client("wrong", host=URL, upload_interval=0.05, on_error=lambda *e: tries.append(e))
    queued.track("rudder", "e")
    queued.flush()
    queued.join()
    same(len(tries), 1)


def customerio():
    from customerio import CustomerIO

    client = CustomerIO("site", KEY, host=HOST, port=int(PORT), retries=0)
    client.identify(
        "5", email="Cio@shop.org", plan="basic", created_at=datetime.datetime(2020, 1, 1),
        anonymous_id="cio-device", gone="",
    )
    for _ in range(2):
        client.track("5", "added_to_cart", {"sku": "S-1"}, id="01BX5ZZKBKACTAV9WEVGEMMVRY")
    client.track_anonymous("cio-visitor", "product_viewed", {"sku": "S-1"})
    client.pageview("5", "https://shop.org/p/1", referrer="x")
    client.backfill("5", "order_completed", 1613063089, order_id="A-1", total=49.5)
    client.add_device("5", "device", "ios")
    client.delete_device("5", "device")
    client.identify("old@shop.org", nickname="Bob")
    client.merge_customers("id", "5", "email", "old@shop.org")
    client.identify("a/b c+d", x=1)
    person = Person("5")
    same(person.names, {"user:5", "email:cio@shop.org", "email:old@shop.org", "anonymous:cio-device"})
    same(
        person.attributes,
        {"email": "Cio@shop.org", "plan": "basic", "created_at": 1577836800, "nickname": "Bob"},
    )
    same([("duplicateOf" in e) for e in person.events("added_to_cart")].count(False), 1)
    same(person.events("page")[0]["properties"]["name"], "https://shop.org/p/1")
    same(person.events("order_completed")[0]["occurredAt"], "2021-02-11T17:04:49.000Z")
    same(bool(Person("user:a/b c+d")), True)
    same(Person("anonymous:cio-visitor").events("product_viewed")[0]["properties"], {"sku": "S-1"})
    client.batch([
        {"type": "person", "identifiers": {"id": "42"}, "action": "identify",
         "attributes": {"first_name": "Jane", "anonymous_id": "cio-9"}},
        {"type": "person", "identifiers": {"id": "42"}, "action": "event", "name": "purchase",
         "attributes": {"order_id": "Z", "total": 5}},
        {"type": "object", "identifiers": {"object_type_id": "1", "object_id": "x"}, "action": "identify"},
    ])
    same(Person("42").names, {"user:42", "anonymous:cio-9"})
    client.suppress("42")
    client.delete("5")
    same([bool(Person("42")), bool(Person("5"))], [False, False])
    client.identify("42", x=1)
    client.identify("5", x=1)
    same([bool(Person("42")), bool(Person("5"))], [False, True])
    client.unsuppress("42")
    client.identify("42", x=1)
    same(Person("42").attributes, {"x": 1})
    wrong = CustomerIO("site", "wrong", host=HOST, port=int(PORT), retries=0)
    same("401" in refused(wrong.identify, "5", x=2), True)
    same("event's name" in refused(client.track, "5", ""), True)


def posthog(form):
    from posthog import Posthog

    user = f"posthog-{form}"
    client = Posthog(KEY, host=URL, gzip=form == "gzip", flush_interval=0.05, on_error=lambda e, _: errors.append(e))
    errors = []
    client.capture(
        "purchase", distinct_id=user,
        properties={"order_id": f"o-{user}", "value": 30, "$set": {"email": f"{user}@shop.org"}},
    )
    client.set(distinct_id=user, properties={"plan": "x"})
    client.alias(f"former-{user}", user)
    lonely = str(uuid.uuid4())
    client.capture("lonely", distinct_id=lonely, properties={"$process_person_profile": False})
    client.flush()
    client.shutdown()
    same(errors, [])
    person = Person(user)
    same(person.names, {f"user:{user}", f"email:{user}@shop.org", f"anonymous:former-{user}"})
    same(person.attributes, {"email": f"{user}@shop.org", "plan": "x"})
    same("recent_buyers" in person.segments, True)
    same(Person("anonymous:" + lonely).names, {"anonymous:" + lonely})
    wrong = Posthog("wrong", host=URL, flush_interval=0.05, on_error=lambda e, _: errors.append(e))
    wrong.capture("e", distinct_id=user)
    wrong.flush()
    wrong.shutdown()
    same(["401" in str(error) for error in errors], [True])


def klaviyo():
    from klaviyo_api import KlaviyoAPI

    def profile(**attributes):
        return {"data": {"type": "profile", "attributes": attributes}}

    def event(name, **attributes):
        metric = {"data": {"type": "metric", "attributes": {"name": name}}}
        return {"type": "event", "attributes": {"metric": metric, "properties": {}, **attributes}}

    client = KlaviyoAPI(KEY, test_host=URL, max_retries=0)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    about = profile(email="klaviyo@shop.org", external_id="klaviyo", first_name="K", properties={"vip": True})
    for _ in range(2):
        client.Events.create_event({"data": event(
            "Placed Order", time=now, value=9.99, value_currency="usd", unique_id="k-1",
            profile=about) | {"attributes": event("Placed Order", time=now, value=9.99, value_currency="usd",
                              unique_id="k-1", profile=about)["attributes"] | {"properties": {"OrderId": "k-1"}}}})
    made = client.Profiles.create_or_update_profile(
        profile(external_id="klaviyo", last_name="L", phone_number="+15005550006", properties={"tier": "gold"})
    )
    same(made.data.id, "klaviyo")
    client.Events.bulk_create_events({"data": {"type": "event-bulk-create-job", "attributes": {
        "events-bulk-create": {"data": [{"type": "event-bulk-create", "attributes": {
            "profile": profile(email="klaviyo@shop.org"),
            "events": {"data": [event("Added to Cart", time=now), event("Viewed Product", time=now)]},
        }}]}}}})
    person = Person("klaviyo")
    same(person.names, {"user:klaviyo", "email:klaviyo@shop.org", "phone:+15005550006"})
    same(
        person.attributes,
        {"email": "klaviyo@shop.org", "first_name": "K", "last_name": "L", "vip": True, "tier": "gold",
         "phone_number": "+15005550006"},
    )
    same([len(person.events(n)) for n in ["Added to Cart", "Viewed Product"]], [1, 1])
    same([("duplicateOf" in e) for e in person.events("Placed Order")].count(False), 1)
    same("recent_buyers" in person.segments, True)
    wrong = KlaviyoAPI("wrong", test_host=URL, max_retries=0)
    same("401" in refused(wrong.Events.create_event, {"data": event("e", profile=about)}), True)


def shopify():
    """No SDK sends webhooks: the bodies are Shopify's own samples, signed as Shopify signs them."""

    def send(topic, body, event):
        raw = json.dumps(body).encode()
        signature = base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
        return requests.post(URL + "/webhooks/shopify", data=raw, headers={
            "Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Event-Id": event,
            "X-Shopify-Hmac-Sha256": signature, "X-Shopify-Shop-Domain": "shop.myshopify.com",
        })

    topics = {
        "shopify-order.json": "orders/create", "shopify-order-with-transaction.json": "orders/create",
        "shopify-checkouts-abandoned.json": "checkouts/create", "shopify-carts.json": "carts/update",
        "shopify-customer.json": "customers/update", "shopify-customer-2.json": "customers/create",
    }
    for name, topic in topics.items():
        with open(f"{PAYLOADS}/{name}") as file:
            body = next(iter(json.load(file).values()))
        for one in body if isinstance(body, list) else [body]:
            answer = send(topic, one, f"{name}-{one.get('id')}")
            same((name, answer.status_code), (name, 200))
            if topic != "orders/create":
                continue
            about = one["customer"]
            customer = Person(f"user:{about['id']}" if about["id"] else f"email:{about['email']}")
            same(customer.events(topic)[0]["properties"], one)
            same(f"email:{about['email']}" in customer.names, True)


def analytics():
    names = sorted(glob.glob(f"{PAYLOADS}/ga4-mp-*.json"))
    same(len(names), 5)
    for name in names:
        with open(name, "rb") as file:
            body = file.read()
        path = f"/mp/collect?measurement_id=G-1&api_secret={KEY}"
        same(requests.post(URL + path, data=body).status_code, 204)
        checked = requests.post(URL + "/debug" + path, data=body)
        same(checked.json(), {"validationMessages": []})
        said = json.loads(body)
        person = Person("anonymous:" + said["client_id"])
        sent = {event["name"] for event in said["events"]}
        same(sent <= {event.get("event") for event in person.activity}, True)
        for attribute, value in said.get("user_properties", {}).items():
            same(person.attributes[attribute], value["value"])


def main():
    runs = [
        ("Segment", lambda: segment("plain")), ("Segment, gzip", lambda: segment("gzip")),
        ("RudderStack", rudderstack), ("Customer.io", customerio), ("PostHog", lambda: posthog("plain")),
        ("PostHog, gzip", lambda: posthog("gzip")), ("Klaviyo", klaviyo),
    ]
    if os.path.isdir(PAYLOADS):
        runs += [("Shopify", shopify), ("Google Analytics 4", analytics)]
    else:
        print("skipped: the samples of Shopify and Google Analytics 4 are not here")
    failed = 0
    for name, run in runs:
        try:
            run()
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{len(runs) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
