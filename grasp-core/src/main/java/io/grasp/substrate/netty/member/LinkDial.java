package io.grasp.substrate.netty.member;

import io.grasp.substrate.netty.NettyLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A wish for a link with the node at a place, until that is found, cannot be connected to, or is given up. */
final class LinkDial {
    private final NettyLoop loop;
    private final Consumer<Member> found;
    private final Consumer<Throwable> failed;
    private @Nullable Route route;
    private boolean isOver;

    LinkDial(NettyLoop loop, Consumer<Member> found, Consumer<Throwable> failed) {
        this.loop = loop;
        this.found = found;
        this.failed = failed;
    }

    boolean isOver() {
        return isOver;
    }

    void waitsAt(Route place) {
        route = place;
    }

    void giveUp() {
        isOver = true;
        if (route != null) {
            route.abandoned(this);
        }
    }

    /** The member is there. */
    void found(Member member) {
        if (!isOver) {
            isOver = true;
            loop.run(() -> found.accept(member));
        }
    }

    /** There is no connection. */
    void failed(Throwable why) {
        if (!isOver) {
            isOver = true;
            loop.run(() -> failed.accept(why));
        }
    }
}
