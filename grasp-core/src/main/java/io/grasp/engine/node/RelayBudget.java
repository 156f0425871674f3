package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.engine.fairness.FairQueue;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.inspection.RelayState;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.util.LazyMap;
import io.grasp.util.TokenBucket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The remaining relay rate, in total and for each link, and the messages that wait for it. Waiting messages of the
 * links, and on each link those of its neighbors, are relayed in turn, so that a neighbor that sends more than its
 * share delays only itself. Links with one share count as one. What a link has used counts also after it was down.
 *
 * <p>Copies of one message may wait for different sources. Whichever source has the first turn, the copy that came
 * first is relayed, so that a neighbor cannot put its own copy in the place of a message that still waits.
 *
 * @param <M> the type of the waiting messages
 */
public final class RelayBudget<M> {
    private final EngineContext context;
    private final Loop loop;
    private final RelayRate rate;
    private final RelayRate rateOfLink;
    private final TokenBucket all;
    /** By the shares of links. */
    private final Map<Integer, TokenBucket> byLink = new LazyMap<>();

    private final FairQueue<Turn<M>> queue;
    private final Map<MulticastKey, Copies<M>> waiting = new LazyMap<>();
    private final Deadlines.Deadline nextToken;
    private final Predicate<M> relay;
    private final Consumer<M> refuse;

    /**
     * @param relay relays a message that has waited, and returns whether it has done so
     * @param refuse drops a message that cannot wait any longer; it must not add another one
     */
    public RelayBudget(EngineContext context, RelayRate rate, Predicate<M> relay, Consumer<M> refuse) {
        this.context = context;
        this.loop = context.loop;
        this.rate = rate;
        this.rateOfLink = rate.percent(context.relay.linkPercent());
        this.all = bucket(rate);
        this.queue = new FairQueue<>(context.relay.waiting(), this::displaced);
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
     * {@return whether a message may be relayed at once: there is a token, no other message of its link waits, and no
     * copy of it waits for another source} If so, it is counted.
     */
    public boolean take(MulticastKey key, TrafficSource source) {
        return (queue.size() == 0 || !waiting.containsKey(key)) && takeAtOnce(source.link());
    }

    private boolean takeAtOnce(int link) {
        if (queue.waits(link) || !hasToken(link)) {
            return false;
        }
        takeToken(link);
        return true;
    }

    /**
     * Lets a message wait for a token. If a copy of it already waits, and there is a token for this one, the one that
     * came first is relayed at once.
     *
     * @param from the link on which it came, {@code null} if that is not known
     * @return whether there is a place for it
     */
    public boolean await(MulticastKey key, TrafficSource source, @Nullable Link from, M message) {
        int index = from == null ? TrafficSource.NO_LINK : from.index();
        Copies<M> known = waiting.get(key);
        if (known != null && takeAtOnce(source.link())) {
            known.add(index, message);
            known.relayFirst(relay);
            return true;
        }
        Copies<M> copies = known == null ? new Copies<>(key) : known;
        copies.turns++; // the offer may displace another one
        copies.add(index, message);
        if (!queue.offer(source, new Turn<>(source.link(), copies))) {
            copies.turns--;
            copies.inOrder.removeLast();
            return false;
        }
        waiting.put(key, copies);
        awaitToken();
        return true;
    }

    private void serveAndWait() {
        serve();
        awaitToken();
    }

    /** Relays waiting messages as long as there are tokens; {@return whether there were any} */
    private boolean serve() {
        boolean served = false;
        for (Turn<M> next = queue.poll(this::hasToken); next != null; next = queue.poll(this::hasToken)) {
            served = true;
            left(next);
            if (next.copies.relayFirst(relay)) {
                takeToken(next.link);
            }
        }
        return served;
    }

    private void left(Turn<M> turn) {
        turn.copies.turns--;
        if (turn.copies.turns == 0) {
            waiting.remove(turn.copies.key);
        }
    }

    /** Another source needs the place: of several copies the last one goes. */
    private void displaced(Turn<M> turn) {
        left(turn);
        turn.copies.refuseExcess(refuse);
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

    private TokenBucket bucket(RelayRate ofBucket) {
        return new TokenBucket(loop::nanoTime, ofBucket.perSecond(), ofBucket.burst());
    }

    private TokenBucket ofLink(int link) {
        TokenBucket known = byLink.get(link);
        if (known == null) {
            known = bucket(rateOfLink);
            byLink.put(link, known);
        }
        return known;
    }

    /** Refuses the waiting messages of a link that has gone. */
    public void forget(Link gone) {
        List.copyOf(waiting.values()).forEach(copies -> copies.refuseOf(gone.index(), refuse));
        if (!context.hasShare(gone.share())) {
            refuse(link -> link == gone.share());
        }
        byLink.entrySet().removeIf(each -> each.getValue().isFull() && !context.hasShare(each.getKey()));
    }

    /** {@return the rate, and what is left of it} */
    public RelayState.Budget state() {
        return new RelayState.Budget(rate, all.tokens(), queue.size(), context.relay.waiting());
    }

    /** Refuses all waiting messages. */
    public void close() {
        refuse(link -> true);
    }

    private void refuse(IntPredicate links) {
        for (Turn<M> next = queue.poll(links); next != null; next = queue.poll(links)) {
            displaced(next);
        }
        awaitToken();
    }

    /**
     * A source's turn for one of the copies of a message.
     *
     * @param link the share of its link
     */
    private record Turn<M>(int link, Copies<M> copies) {}

    /** The waiting copies of one message, the first one first: at most as many as turns. */
    private static final class Copies<M> {
        private final MulticastKey key;
        private final Deque<Copy<M>> inOrder = new ArrayDeque<>(1);
        private int turns;

        Copies(MulticastKey key) {
            this.key = key;
        }

        void add(int link, M message) {
            inOrder.add(new Copy<>(link, message));
        }

        boolean relayFirst(Predicate<M> relay) {
            Copy<M> first = inOrder.poll();
            return first != null && relay.test(first.message);
        }

        void refuseExcess(Consumer<M> refuse) {
            while (inOrder.size() > turns) {
                refuse.accept(inOrder.removeLast().message);
            }
        }

        void refuseOf(int link, Consumer<M> refuse) {
            List<Copy<M>> ofLink =
                    inOrder.stream().filter(copy -> copy.link == link).toList();
            inOrder.removeAll(ofLink);
            ofLink.forEach(copy -> refuse.accept(copy.message));
        }
    }

    /** @param link the index of the link on which it came */
    private record Copy<M>(int link, M message) {}
}
