package io.grasp.engine;

/** Tells an observer of one cache. */
final class CacheTold {
    private final GraspObserver observer;
    private final CacheKind kind;
    private int entries;

    CacheTold(GraspObserver observer, CacheKind kind) {
        this.observer = observer;
        this.kind = kind;
    }

    void read(boolean hit) {
        observer.cacheRead(kind, hit);
    }

    void size(int now) {
        if (now != entries) {
            entries = now;
            observer.cacheSize(kind, now);
        }
    }
}
