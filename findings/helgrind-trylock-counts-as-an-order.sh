#!/usr/bin/env bash
# The remedy "take the second lock with trylock" under two lock-order checkers.
#
# Package: valgrind 1:3.19.0-1 (Debian; gcc compiles the program and brings ThreadSanitizer)
# Expected: A trylock never waits, so it closes no circle: no checker of lock orders complains, as the kernel's lockdep does not.
# Really: Helgrind reports that the lock order is violated by the very trylock that makes the program safe. ThreadSanitizer keeps silent, and reports the same program with a plain lock.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download valgrind=1:3.19.0-1
dpkg -x valgrind_*.deb .

cat > order.c <<'END'
#include <pthread.h>
#ifndef SECOND
#define SECOND pthread_mutex_trylock
#endif

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER, inner = PTHREAD_MUTEX_INITIALIZER;

static void *fill(void *unused)
{
	pthread_mutex_lock(&outer);
	pthread_mutex_lock(&inner);
	pthread_mutex_unlock(&inner);
	pthread_mutex_unlock(&outer);
	return unused;
}

static void *drain(void *unused)
{
	pthread_mutex_lock(&inner);
	if (!SECOND(&outer))
		pthread_mutex_unlock(&outer);
	pthread_mutex_unlock(&inner);
	return unused;
}

int main(void)
{
	void *(*one_after_the_other[])(void *) = {fill, drain};

	for (int i = 0; i < 2; i++) {
		pthread_t thread;

		pthread_create(&thread, 0, one_after_the_other[i], 0);
		pthread_join(thread, 0);
	}
	return 0;
}
END

seen=$(
	for second in pthread_mutex_trylock pthread_mutex_lock; do
		gcc -g -pthread -DSECOND=$second -o plain order.c
		gcc -g -pthread -DSECOND=$second -fsanitize=thread -o checked order.c
		VALGRIND_LIB="$box/usr/libexec/valgrind" ./usr/bin/valgrind --tool=helgrind ./plain > log 2>&1
		echo "$second, helgrind: $(grep -oE 'lock order .* violated' log | sed 's/".*"/.../' || echo silent)"
		setarch -R ./checked > log 2>&1 || true
		echo "$second, ThreadSanitizer: $(grep -om1 'lock-order-inversion' log || echo silent)"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "pthread_mutex_trylock, helgrind: lock order ... violated
pthread_mutex_trylock, ThreadSanitizer: silent
pthread_mutex_lock, helgrind: lock order ... violated
pthread_mutex_lock, ThreadSanitizer: lock-order-inversion" ] || { echo "This has changed." >&2; exit 1; }
