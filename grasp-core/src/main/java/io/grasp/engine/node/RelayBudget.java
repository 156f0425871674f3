package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The remaining relay rate, in total and for each link. */
public final class RelayBudget {
    /** Messages from an unknown link have a separate share. */
    private static final int NO_LINK = 0;

    private final Loop loop;
    private final RelayRate rateOfLink;
    private final TokenBucket all;
    private final Map<Integer, TokenBucket> byLink = new HashMap<>();

    public RelayBudget(Loop loop, RelayRate rate, int linkPercent) {
        this.loop = loop;
        this.rateOfLink = rate.percent(linkPercent);
        this.all = new TokenBucket(loop, rate);
    }

    /** {@return whether a message from the link may be relayed} If so, it is counted. */
    public boolean take(@Nullable Link from) {
        TokenBucket ofLink = byLink.computeIfAbsent(
                from == null ? NO_LINK : from.index(), index -> new TokenBucket(loop, rateOfLink));
        if (!ofLink.hasToken() || !all.hasToken()) {
            return false;
        }
        ofLink.take();
        all.take();
        return true;
    }

    public void forget(Link gone) {
        byLink.remove(gone.index());
    }
}
