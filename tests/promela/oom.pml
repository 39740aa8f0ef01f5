/*
 * The balloon and the OOM notifier chain for SPIN: a second opinion on the explorer's verdicts.
 *
 * Written from what Linux 4.13 does, in Promela's own manner; it shares nothing with the Python
 * model, not even its sizes. A statement is one step of a task; what stands in atomic { } is one
 * step together. Time is absent: a nap, a round of reclaim, a poll and the host's answer take as long
 * as the others like, and the offload's five seconds may be over at any moment.
 *
 * What is modelled is said with -D (0 if left out):
 *   WITH_FS       a task that holds a filesystem's lock while it asks for a page (GFP_NOFS)
 *   WITH_WORKER   the balloon's worker, which inflates by a page and whose reclaim meets that lock
 *   WITH_HOG      the largest process. 1: touches memory without end, 2: touches one page
 *   TELL          what telling the host asks for. 0: nothing, 1: GFP_KERNEL, 2: GFP_NOWAIT
 *   FILL_NOWAIT   inflating does not reclaim
 *   FILL_OUTSIDE  inflating allocates before it takes balloon_lock
 *   LEAK_TRYLOCK  the callback gives up at once if balloon_lock is taken
 *   OFFLOAD       a thread walks the chain, and its caller waits with a time limit
 *
 * What is asked is said with -DASK. The explorer's lockup is a state from which the end can no
 * longer be reached. That the end can be reached from everywhere (AG EF over) is a formula of
 * branching time, and SPIN knows linear time only. So it is proved or refuted by questions that SPIN
 * does know:
 *   STUCK    Safety; an invalid end state is a state that is not over and in which nobody can move:
 *            a lockup in which everybody is blocked.
 *   TRAPPED  Safety; an assertion fails if the trap, TRAP below, can be entered.
 *   KEPT     Safety; an assertion fails if, once in the trap, all may be over, or nobody can move.
 *            If the trap can be entered and keeps, there is a reachable state from which no schedule
 *            leads to the end and none to a standstill: a lockup in which tasks go round for ever.
 *            The trap is a guess, but no wrong guess passes both questions.
 *   FREE     Non-progress cycles. At any moment, and for good, the scheduler may become kind: it
 *            then keeps to the rules below. Only what it does after that counts as no progress. If
 *            there is no such cycle, and no invalid end state under KIND, every kind schedule ends,
 *            whichever state it started in. A kind schedule is a schedule: the end can be reached
 *            from everywhere.
 *   KIND     Safety, with the scheduler of FREE: that question does not see invalid end states.
 *   STARVED  Non-progress cycles under weak fairness (-f). Where the end can be reached from
 *            everywhere, such a cycle is starvation. Where there is none at all, no task goes round
 *            for ever, and the only lockups are standstills.
 *
 * Do not join steps that look harmless. With the last look at the free pages and the attempt to get
 * oom_lock in one step, the standstill with a hog disappears; a victim that gives up before it has
 * tried the reserves hides it as well.
 */
#ifndef WITH_FS
#define WITH_FS 0
#endif
#ifndef WITH_WORKER
#define WITH_WORKER 0
#endif
#ifndef WITH_HOG
#define WITH_HOG 0
#endif
#ifndef TELL
#define TELL 0
#endif
#ifndef FILL_NOWAIT
#define FILL_NOWAIT 0
#endif
#ifndef FILL_OUTSIDE
#define FILL_OUTSIDE 0
#endif
#ifndef LEAK_TRYLOCK
#define LEAK_TRYLOCK 0
#endif
#ifndef OFFLOAD
#define OFFLOAD 0
#endif

#define STUCK   1
#define TRAPPED 2
#define KEPT    3
#define FREE    4
#define KIND    5
#define STARVED 6
#ifndef ASK
#define ASK STUCK
#endif

/* Who: also the values of a lock that is held. */
#define NOBODY 0
#define HOG    1
#define FS     2
#define WORKER 3
#define REAPER 4
#define THREAD 5

/* Memory, in pages. Nothing can be reclaimed, and what is free is what no request may have. */
#define MIN_MARK  2
#define HIGH_MARK 4
byte free = MIN_MARK;
byte lent = 1;              /* in the balloon */
byte rss[3];                /* of HOG and FS */
byte mm[3];                 /* of HOG and FS: */
#define NONE   0
#define USED   1
#define VICTIM 2
#define SKIP   3            /* reaped: the killer may look elsewhere */

bool killed[6], memdie[6];  /* SIGKILL; access to the reserves */
bool reap[3];
bool has[6];                /* a page that was asked for, in the hand */

byte oom_lock, balloon_lock, fs_lock;
bool requested;             /* the offload's two globals */
byte freed_total;

bool hog_done = (WITH_HOG != 2), fs_done = !WITH_FS, worker_done = !WITH_WORKER;
bool panicked, over;

bool hog_gone = !WITH_HOG, asks_inside, kind, in_trap;    /* ghosts */

/* The worker has the lock that the callback needs, and waits for a lock of a task without a page. */
#define CIRCLE (balloon_lock == WORKER && worker@wants_fs_lock && fs_lock == FS && !has[FS])
#if TELL == 1
#define TRAP (asks_inside && oom_lock == HOG)
#elif WITH_HOG
#define TRAP (CIRCLE && oom_lock == FS && fs@wants_balloon_lock && !killed[HOG])
#else
#define TRAP (CIRCLE && free <= MIN_MARK)
#endif

/*
 * The rules of a kind scheduler. Nobody is given a turn only to find oom_lock taken. The hog rests
 * while somebody else could have a page. The filesystem's task tries oom_lock only when there is a
 * page that it may get at its next attempt, or when nobody else can do anything for it any more. The
 * offload's time is up only if the thread is really stuck.
 */
#if WITH_WORKER && !FILL_NOWAIT
#define WORKER_WAITS worker@wants_fs_lock
#else
#define WORKER_WAITS false
#endif
#define HOG_MAY_RUN (!kind || free <= MIN_MARK)
#define HOG_MAY_TRY (!kind || oom_lock == NOBODY)
#define FS_MAY_TRY  (!kind || (oom_lock == NOBODY && \
	(free > MIN_MARK || (hog_gone && (worker_done || WORKER_WAITS)))))
#define TIME_IS_UP  (!kind || balloon_lock == WORKER)

#define LOCALS byte mine, pages, victim, tried_reserves

inline put(me) {
	free = free + has[me];
	has[me] = false
}

inline attempt(me, mark) {
	if
	:: free > mark -> free--; has[me] = true
	:: else
	fi
}

/* A request inside the callback, which blocks: its own task has oom_lock, so that it only polls. */
inline alloc_inside(me) {
	asks_inside = true;
	do
	:: atomic { attempt(me, MIN_MARK) };
	   if
	   :: has[me] -> break
	   :: else -> assert(oom_lock == me)
	   fi
	od;
	asks_inside = false;
	atomic { put(me) }
}

inline tell_host(me) {
#if TELL == 1
	alloc_inside(me);
#elif TELL == 2
	atomic { attempt(me, MIN_MARK) };   /* once, and the ring goes on either way */
	atomic { put(me) };
#endif
	skip
}

inline leak(me) {
#if LEAK_TRYLOCK
	atomic {
		mine = (balloon_lock == NOBODY);
		if
		:: mine -> balloon_lock = me; pages = (lent > 0); lent = lent - pages
		:: else -> pages = 0
		fi
	}
#else
	pages = 0;
wants_balloon_lock:
	atomic {
		balloon_lock == NOBODY;
		balloon_lock = me; mine = 1; pages = (lent > 0); lent = lent - pages
	}
#endif
	if
	:: pages -> tell_host(me)
	:: else
	fi;
	atomic {
		if
		:: mine -> free = free + pages; balloon_lock = NOBODY; mine = 0
		:: else
		fi
	}
}

inline notify(me) {
#if OFFLOAD
	requested = true;
	!requested || TIME_IS_UP;
	pages = freed_total;
	if
	:: pages -> freed_total = 0
	:: else
	fi
#else
	leak(me)
#endif
}

inline mark_oom_victim(who) {
	memdie[who] = true;
	if
	:: mm[who] == USED -> mm[who] = VICTIM
	:: else
	fi;
	reap[who] = true
}

inline choose_victim() {
	if
	:: mm[HOG] == VICTIM || mm[FS] == VICTIM -> victim = NOBODY
	:: else ->
	   if
	   :: mm[HOG] == USED -> victim = HOG
	   :: else ->
	      if
	      :: mm[FS] == USED -> victim = FS
	      :: else -> victim = NOBODY; panicked = true
	      fi
	   fi
	fi
}

#define dying(me) (killed[me] && (mm[me] == USED || mm[me] == VICTIM))

/* With oom_lock held. The chain comes before the question whether the caller may kill. */
inline out_of_memory(me, may_kill) {
	notify(me);
	atomic {
		if
		:: pages > 0
		:: pages == 0 && dying(me) -> mark_oom_victim(me)
		:: pages == 0 && !dying(me) && may_kill ->
		   choose_victim();
		   if
		   :: victim != NOBODY -> killed[victim] = true; mark_oom_victim(victim)
		   :: else
		   fi
		:: pages == 0 && !dying(me) && !may_kill
		fi;
		victim = NOBODY; pages = 0
	}
}

/* A request that fails only if its task is the killer's victim. Reclaim finds nothing. */
inline alloc(me, may_kill, may_try) {
	do
	:: atomic {
	   	tried_reserves = memdie[me];
	   	attempt(me, (tried_reserves -> 0 : MIN_MARK));
	   	if
	   	:: has[me] -> break
	   	:: else
	   	fi
	   }
	   if
	   :: free > MIN_MARK   /* worth another round */
	   :: else ->
	      atomic {
	      	may_try;
	      	if
	      	:: oom_lock == NOBODY -> oom_lock = me; mine = 1
	      	:: else -> mine = 0     /* sleeps a jiffy */
	      	fi
	      }
	      if
	      :: mine ->
	         atomic { mine = 0; attempt(me, HIGH_MARK) };
	         if
	         :: has[me]
	         :: else -> out_of_memory(me, may_kill)
	         fi;
	         oom_lock = NOBODY;
	         if
	         :: has[me] || (tried_reserves && memdie[me]) -> break
	         :: else
	         fi
	      :: else
	      fi
	   fi
	od;
	tried_reserves = 0
}

inline exit(me) {
	free = free + rss[me]; rss[me] = 0; mm[me] = NONE; memdie[me] = false
}

#if WITH_WORKER
/* One attempt, one round of reclaim, and that was it: __GFP_NORETRY. */
inline balloon_page_alloc() {
	atomic { attempt(WORKER, MIN_MARK) };
#if !FILL_NOWAIT
	if
	:: has[WORKER]
	:: else ->
wants_fs_lock:
	   atomic { fs_lock == NOBODY -> skip }
	fi
#endif
}

active proctype worker() provided (!over && !panicked)
{
	LOCALS;
#if FILL_OUTSIDE
	balloon_page_alloc();
	if
	:: has[WORKER]
	:: else                 /* out of puff: a nap */
	fi;
	atomic { balloon_lock == NOBODY -> balloon_lock = WORKER };
#else
	atomic { balloon_lock == NOBODY -> balloon_lock = WORKER };
	balloon_page_alloc();
#if !FILL_NOWAIT
	if
	:: has[WORKER]
	:: else
	fi;
#endif
#endif
	if
	:: has[WORKER] -> atomic { has[WORKER] = false; lent++ }; tell_host(WORKER)
	:: else
	fi;
	balloon_lock = NOBODY;
	worker_done = true
}
#endif

#if WITH_HOG
active proctype hog() provided (!over && !panicked)
{
	LOCALS;
	atomic { mm[HOG] = USED; rss[HOG] = 4 }
	do
	:: HOG_MAY_RUN ->
	   alloc(HOG, true, HOG_MAY_TRY);
	   atomic { put(HOG) };
	   if
	   :: killed[HOG] || WITH_HOG == 2 -> break
	   :: else
	   fi
	od;
	if
	:: killed[HOG] -> atomic { exit(HOG) }
	:: else
	fi;
	atomic { hog_gone = true; hog_done = true }
}
#endif

#if WITH_FS
active proctype fs() provided (!over && !panicked)
{
	LOCALS;
	atomic { mm[FS] = USED; rss[FS] = 1 }
	atomic { fs_lock == NOBODY -> fs_lock = FS };
	alloc(FS, false, FS_MAY_TRY);
	fs_lock = NOBODY;
	atomic { put(FS) };
	if
	:: killed[FS] -> atomic { exit(FS) }
	:: else
	fi;
	fs_done = true
}
#endif

#if WITH_HOG
active proctype reaper() provided (!over && !panicked)
{
	byte who;
end:	do
	:: atomic {
	   	if
	   	:: reap[HOG] -> who = HOG
	   	:: reap[FS] -> who = FS
	   	fi;
	   	reap[who] = false
	   }
	   atomic { oom_lock == NOBODY -> oom_lock = REAPER };
	   atomic { free = free + rss[who]; rss[who] = 0 }
	   oom_lock = NOBODY;
	   atomic {
	   	if
	   	:: mm[who] != NONE -> mm[who] = SKIP
	   	:: else
	   	fi
	   }
	od
}
#endif

#if OFFLOAD
active proctype thread() provided (!over && !panicked)
{
	LOCALS;
	byte before;
end:	do
	:: requested ->
	   leak(THREAD);
	   before = freed_total;
	   atomic { freed_total = before + pages; before = 0; pages = 0; mine = 0 };
	   requested = false
	od
}
#endif

/* Over: everybody whose end matters has come to it, or the machine has stopped. */
active proctype judge()
{
	(hog_done && fs_done && worker_done) || panicked;
	atomic { assert(!in_trap); over = true }
progress:	do
	:: over -> over = true
	od
}

#if ASK == TRAPPED || ASK == KEPT
active proctype watch()
{
	TRAP;
#if ASK == TRAPPED
	assert(false);
#endif
	in_trap = true;
	timeout;
	assert(false)
}
#endif

#if ASK == FREE || ASK == KIND
active proctype turning_kind() provided (!over)
{
progress: kind = true
}
#endif
