package io.grasp.api;

import io.grasp.observe.EngineLoad;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The environment for the contracts of the API: two nodes that are neighbors, on some substrate. */
abstract class World implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** A node of the two or three that see each other. */
    abstract Grasp start(UnaryOperator<GraspConfig> settings);

    final Grasp start() {
        return start(config -> config);
    }

    /** A node on one of two links that do not see each other, or on both: {@code 0} and {@code 1}. */
    abstract Grasp startOn(int... links);

    /** Takes the first link away from all nodes, which notice this. */
    abstract void linkDown();

    /** Gives the first link back to all nodes. */
    abstract void linkUp();

    /** Replaces the address of a node, or of all nodes of its host, that is valid beyond its link. */
    abstract void renumber(Grasp node);

    /** A node that is on no link. */
    abstract Grasp startAlone();

    /** A node that is on the link with the others, but whose links are not protected. */
    abstract Grasp startInsecure();

    /**
     * Settings for a DULL instance on the unprotected link; if it shares the loop of a node, the test need not close
     * it.
     */
    abstract GraspConfig dull(String... objectives);

    /** Settings for a DULL instance on a host with both links that do not see each other. */
    abstract GraspConfig dullOnBoth(String... objectives);

    /** Settings for one more node on a link, which shares the loop of another node or is closed by the test. */
    abstract GraspConfig settingsOn(int link);

    final GraspConfig settings() {
        return settingsOn(0);
    }

    /** Lets time pass until a condition holds; fails after a bound. */
    abstract void awaitUntil(String what, BooleanSupplier condition);

    /** A time long enough for messages in both directions, and short enough to wait for. */
    abstract Duration moment();

    /** Starts a subscription that collects; a listener listens when this returns. */
    final <T> Collected<T> collect(Publisher<T> publisher) {
        Collected<T> collected = new Collected<>(this, Flux.from(publisher), Long.MAX_VALUE);
        awaitTurn();
        return collected;
    }

    /** Waits until the loops of all nodes have run their submitted tasks. */
    abstract void awaitTurn();

    /** Runs a publisher to its end; its error is thrown. */
    final <T> List<T> await(Publisher<T> publisher) {
        return collect(publisher).awaitEnd();
    }

    final <T> T awaitOne(Publisher<T> publisher) {
        List<T> values = await(publisher);
        if (values.size() != 1) {
            throw new AssertionError("expected one value, got " + values);
        }
        return values.get(0);
    }

    /** Closes nodes before the end of the test; those that are {@code null} have not been started. */
    final void end(Grasp... nodes) {
        for (Grasp node : nodes) {
            if (node != null) {
                await(node.closeAsync());
            }
        }
    }

    /** Waits until a node has no activity in progress. */
    final void awaitNoResidue(Grasp node) {
        Collected<?>[] asked = new Collected<?>[1];
        asked[0] = collect(node.load());
        awaitUntil("no residue, last seen " + asked[0].values(), () -> {
            if (asked[0].isEnded()) {
                if (asked[0].values().equals(List.of(EngineLoad.NONE))) {
                    return true;
                }
                asked[0] = collect(node.load().delaySubscription(PAUSE, node.scheduler()));
            }
            return false;
        });
    }

    /** Closes all nodes and checks that no resource remains. */
    @Override
    public abstract void close();
}
