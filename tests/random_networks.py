import sys, time, numpy as np
from datetime import date
from mirab.core.network import *
from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.balance import scale
def random_network(r):
    n=int(r.integers(3,9)); net=Network("rand",states=("A","B","C"))
    net.boundary("sea"); order=["sea"]
    for i in range(n):
        id=f"n{i}"; k=r.random()
        if k<.25:
            full=float(r.uniform(20,300)); z=np.sort(r.uniform(0,full,2)); top=tuple(float(x) for x in r.uniform(z[1],full,12))
            pr=r.integers(1,7,3)
            net.store(id,state="A",full_mcm=full,start_mcm=float(r.uniform(0,full)),zones=[Zone(float(z[0]),int(pr[0])),Zone(top,int(pr[1])),Zone(full,int(pr[2]))],curve=Curve((0.,full/2,full),(0.,3.,5.)),evaporation_mm=float(r.choice([0,150])))
        else: net.node(id,state="A")
        head=str(r.choice(order)); order.append(id)
        lag=int(r.integers(1,3)) if r.random()<.15 else 0
        cap=float(r.uniform(10,80)) if r.random()<.25 else None
        net.reach(id,head,loss=float(r.choice([0,.05,.2])),lag=lag,capacity_m3s=cap,excess_to=head if cap else None,under_way_m3s=10. if lag else 0.)
    for i in range(int(r.integers(1,4))):
        net.source(f"s{i}",into=f"n{int(r.integers(0,n))}")
    for i in range(int(r.integers(0,4))): # diversions later->earlier index, so no directed loop
        a,b=sorted(r.choice(n,2,replace=False)); 
        if f"n{b}__n{a}" in net.reaches: continue
        net.diversion(f"n{b}",f"n{a}",capacity_m3s=float(r.uniform(2,30)),loss=float(r.choice([0,.1])))
    claims=[]
    for i in range(int(r.integers(2,8))):
        ret=None
        if r.random()<.4: ret=(str(r.choice(order)),float(r.uniform(.05,.5)))
        claims.append(f"c{i}")
        net.claim(f"c{i}",at=f"n{int(r.integers(0,n))}",demand=tuple(float(x) for x in r.exponential(25,12)),priority=int(r.integers(1,6)),shares={"A":.5,"B":.5},returns=ret)
    for i in range(int(r.integers(0,3))):
        net.instream(f"i{i}",reach=str(r.choice(list(net.reaches))),flow=float(r.exponential(20)),priority=int(r.integers(1,6)))
    if len(claims)>2 and r.random()<.4: net.cap("cap",claims=claims[:2],flow=float(r.uniform(5,50)))
    if len(claims)>2 and r.random()<.3: net.quota("quota",claims=claims[1:3],volume_mcm=float(r.uniform(20,200)),season="growing")
    return net
if __name__=="__main__":
    a,b=int(sys.argv[1]),int(sys.argv[2]); T=4; worst=0;wb=0;skip=0;t0=time.time()
    from mirab.core.errors import NetworkError
    for s in range(a,b):
        r=np.random.default_rng(s); net=random_network(r)
        try: m=net.compile()
        except NetworkError as e: skip+=1; print(s,e) if skip<4 else 0; continue
        ax=dekads(date(2023,3,11),T); inf=Ensemble.of("inflow","m3/s",tuple(m.items.sources),ax,r.exponential(30,(2,T,len(m.items.sources)))*(r.random((2,T,len(m.items.sources)))<.8))
        k=m.simulate(inf); q=m.simulate(inf,kernel='reference')
        d={n:abs(getattr(k,n).lanes-getattr(q,n).lanes).max(initial=0) for n in ('volume','delivered','evaporated','flow')}
        bal=abs(k.balance()).max()/scale(k); wb=max(wb,bal)
        w=max(d['volume'],d['delivered'],d['evaporated']); worst=max(worst,w)
        if w>1e-6 or bal>1e-9: print(s,{n:float(x) for n,x in d.items()},bal)
    print('worst',worst,'balance',wb,'skipped',skip,'s',time.time()-t0)
