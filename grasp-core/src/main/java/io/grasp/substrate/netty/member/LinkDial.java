package io.grasp.substrate.netty.member;

import io.grasp.substrate.netty.NettyLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A wish for a link. */
final class LinkDial {
    private final Consumer<Member> found;
    private final Consumer<Throwable> failed;
    private final NettyLoop loop;
    private boolean done;
    private boolean givenUp;

    LinkDial(NettyLoop loop, Consumer<Member> found, Consumer<Throwable> failed) {
        this.loop = loop;
        this.found = found;
        this.failed = failed;
    }

    boolean isDone() {
        return done;
    }

    void giveUp() {
        done = true;
        givenUp = true;
    }

    /** Another member has been found instead of the one that had only said that it is there. */
    void moved(Member member) {
        if (!givenUp) {
            loop.run(() -> found.accept(member));
        }
    }

    void end(@Nullable Member member, Throwable failure) {
        if (!done) {
            done = true;
            if (member != null) {
                loop.run(() -> found.accept(member));
            } else {
                loop.run(() -> failed.accept(failure));
            }
        }
    }
}
