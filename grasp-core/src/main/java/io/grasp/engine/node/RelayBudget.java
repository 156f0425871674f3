package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.engine.fairness.FairQueue;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * The remaining relay rate, in total and for each link, and the messages that wait for it. Waiting messages of the
 * links, and on each link those of its neighbors, are relayed in turn, so that a neighbor that sends more than its
 * share delays only itself.
 *
 * @param <M> the type of the waiting messages
 */
public final class RelayBudget<M> {
    private final Loop loop;
    private final RelayRate rateOfLink;
    private final TokenBucket all;
    private final Map<Integer, TokenBucket> byLink = new HashMap<>();
    private final FairQueue<Waiting<M>> queue;
    private final Deadlines.Deadline nextToken;
    private final Predicate<M> relay;
    private final Consumer<M> refuse;

    /**
     * @param relay relays a message that has waited, and returns whether it has done so
     * @param refuse drops a message that cannot wait any longer; it must not add another one
     */
    public RelayBudget(EngineContext context, RelayRate rate, Predicate<M> relay, Consumer<M> refuse) {
        this.loop = context.loop;
        this.rateOfLink = rate.percent(context.relay.linkPercent());
        this.all = new TokenBucket(loop, rate);
        this.queue = new FairQueue<>(context.relay.waiting(), waiting -> refuse.accept(waiting.message));
        this.nextToken = context.deadlines.unarmed(this::serveAndWait);
        this.relay = relay;
        this.refuse = refuse;
    }

    /**
     * Relays what waits, as far as there are tokens: that comes before a new message. Call it before each new message
     * is examined, because a copy of that message may be among those that wait.
     */
    public void relayWaiting() {
        if (queue.size() > 0 && serve()) {
            awaitToken();
        }
    }

    /**
     * {@return whether a message may be relayed at once: there is a token, and no other message of its link waits} If
     * so, it is counted.
     */
    public boolean take(TrafficSource source) {
        int link = source.link();
        if (queue.waits(link) || !hasToken(link)) {
            return false;
        }
        takeToken(link);
        return true;
    }

    /**
     * Lets a message wait for a token.
     *
     * @return whether there is a place for it
     */
    public boolean await(TrafficSource source, M message) {
        boolean waits = queue.offer(source, new Waiting<>(source.link(), message));
        if (waits) {
            awaitToken();
        }
        return waits;
    }

    private void serveAndWait() {
        serve();
        awaitToken();
    }

    /** Relays waiting messages as long as there are tokens; {@return whether there were any} */
    private boolean serve() {
        boolean served = false;
        for (Waiting<M> next = queue.poll(this::hasToken); next != null; next = queue.poll(this::hasToken)) {
            served = true;
            if (relay.test(next.message)) {
                takeToken(next.link);
            }
        }
        return served;
    }

    private void awaitToken() {
        if (queue.size() == 0) {
            nextToken.cancel();
            return;
        }
        long ofLinks = Long.MAX_VALUE;
        for (Map.Entry<Integer, TokenBucket> each : byLink.entrySet()) {
            if (queue.waits(each.getKey())) {
                ofLinks = Math.min(ofLinks, each.getValue().untilToken());
            }
        }
        nextToken.arm(Duration.ofNanos(Math.max(ofLinks, all.untilToken())));
    }

    /** It also makes the link's bucket, which says how long its messages have to wait. */
    private boolean hasToken(int link) {
        return ofLink(link).hasToken() && all.hasToken();
    }

    private void takeToken(int link) {
        ofLink(link).take();
        all.take();
    }

    private TokenBucket ofLink(int link) {
        TokenBucket known = byLink.get(link);
        if (known == null) {
            known = new TokenBucket(loop, rateOfLink);
            byLink.put(link, known);
        }
        return known;
    }

    /** Refuses the waiting messages of a link that has gone. */
    public void forget(Link gone) {
        refuse(link -> link == gone.index());
        byLink.remove(gone.index());
    }

    /** Refuses all waiting messages. */
    public void close() {
        refuse(link -> true);
    }

    private void refuse(IntPredicate links) {
        for (Waiting<M> next = queue.poll(links); next != null; next = queue.poll(links)) {
            refuse.accept(next.message);
        }
        awaitToken();
    }

    private record Waiting<M>(int link, M message) {}
}
