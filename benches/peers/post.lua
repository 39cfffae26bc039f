-- What wrk sends: the same body again and again.
local file = assert(io.open("body.json", "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
file:close()
