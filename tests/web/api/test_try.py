from tests.web.api.sales import sale
def test_it(world):
    world.ahead = __import__("datetime").timedelta()
    import time
    for i in range(2):
        t=time.time(); r = world.api("PUT","/tickets/caja-1/A-1", sale()); print(r.status_code, time.time()-t, r.content.decode(), r["Content-Type"])
    code=r.json()["code"]
    from django.test.utils import CaptureQueriesContext
    from django.db import connection
    with CaptureQueriesContext(connection) as q:
        r = world.api("PUT","/tickets/caja-1/A-2", sale())
    for x in q: print(x["sql"][:150])
    for m,p,b in [("GET",f"/tickets/{code}",None),("GET",f"/tickets/{code}/note.pdf",None),("PUT","/tickets/caja-1/A-1",sale(total="117")),("PUT","/tickets/caja-1/A-9",sale(total="117",x=1)),("PUT","/tickets/caja-1/A-9",sale(total="117")),("DELETE","/tickets/caja-1/A-9",None),("GET","/invoices/abc",None),("GET","/nope",None)]:
        r=world.api(m,p,b); print(m,p,r.status_code,r["Content-Type"],r.content[:700])
