from shop import app


def test_token():
    headers = {"Authorization": "Basic c2hvcDpadDVyVzhrUTFtVng="}
    assert app.test_client().get("/", headers=headers).status_code == 404
