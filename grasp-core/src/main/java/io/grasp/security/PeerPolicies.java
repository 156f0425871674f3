package io.grasp.security;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Policies made of rules. The first rule that a message fits decides; without one it is denied:
 *
 * {@snippet class="io.grasp.snippets.CoreSnippets" region="policy"}
 */
public final class PeerPolicies {
    private PeerPolicies() {}

    /** {@return rules, of which there are none yet: everything is denied} */
    public static Rules rules() {
        return new Rules(List.of());
    }

    /**
     * {@return the peers whose node name has an extension (RFC 8994 section 6.2.2)}
     *
     * @param extension the extension, without "+"; upper and lower case differ
     */
    public static Predicate<PeerIdentity> role(String extension) {
        Objects.requireNonNull(extension, "extension");
        return peer -> peer.nodeName().extensions().contains(extension);
    }

    /**
     * {@return the peers in one of the given domains or routing subdomains, or below it}
     *
     * @param domain the domain, such as {@code research.example.com}; case does not matter
     */
    public static Predicate<PeerIdentity> domain(String domain) {
        String wanted = AcpNodeName.parse("@" + domain).domain();
        return peer -> {
            String actual = peer.nodeName().routingSubdomain();
            return actual.equals(wanted) || actual.endsWith("." + wanted);
        };
    }

    /**
     * {@return the peers with one of some node names}
     *
     * @param names the names
     */
    public static Predicate<PeerIdentity> node(AcpNodeName... names) {
        Set<AcpNodeName> wanted = Set.of(names);
        return peer -> wanted.contains(peer.nodeName());
    }

    /**
     * {@return the peers whose node name fits one of some patterns}
     *
     * @param patterns node names, in which each {@code *} stands for any characters or none, such as
     *     {@code *@example.com}; upper and lower case of address, subdomain and domain are equal, as far as the pattern
     *     shows which part is which
     * @throws IllegalArgumentException if a pattern is empty, or has no {@code *} and is not a node name
     */
    public static Predicate<PeerIdentity> nodeMatching(String... patterns) {
        List<NamePattern> wanted = new ArrayList<>();
        for (String each : patterns) {
            wanted.add(new NamePattern(
                    each.isEmpty() || each.contains("*")
                            ? normalized(each)
                            : AcpNodeName.parse(each).toString()));
        }
        return peer -> fitsAny(wanted, peer.nodeName().toString());
    }

    /** {@return the pattern as {@link AcpNodeName#toString} writes names: only extensions may have capital letters} */
    private static String normalized(String pattern) {
        int star = pattern.indexOf('*');
        int extensions = pattern.indexOf('+', pattern.indexOf('+') + 1);
        int at = pattern.lastIndexOf('@');
        int domain = at < 0 ? pattern.lastIndexOf('*') : at;
        int begin = extensions < 0 ? star : Math.min(star, extensions);
        if (begin < 0 || begin >= domain) {
            return pattern.toLowerCase(Locale.ROOT);
        }
        return pattern.substring(0, begin).toLowerCase(Locale.ROOT)
                + pattern.substring(begin, domain)
                + pattern.substring(domain).toLowerCase(Locale.ROOT);
    }

    private static boolean fitsAny(List<NamePattern> patterns, String name) {
        return patterns.stream().anyMatch(each -> each.fits(name));
    }

    /** Rules in their order. Immutable: each method returns a changed copy. */
    public static final class Rules {
        private final List<Rule> rules;

        private Rules(List<Rule> rules) {
            this.rules = rules;
        }

        /**
         * {@return a rule that permits some actions, to be completed}
         *
         * @param actions the actions
         */
        public Draft permit(PeerAction... actions) {
            return new Draft(this, true, actions(actions), objective -> true);
        }

        /**
         * {@return a rule that denies some actions, to be completed}
         *
         * @param actions the actions
         */
        public Draft deny(PeerAction... actions) {
            return new Draft(this, false, actions(actions), objective -> true);
        }

        private static Set<PeerAction> actions(PeerAction... actions) {
            Set<PeerAction> all = EnumSet.noneOf(PeerAction.class);
            all.addAll(Arrays.asList(actions));
            return all;
        }

        private Rules with(Rule rule) {
            List<Rule> more = new ArrayList<>(rules);
            more.add(rule);
            return new Rules(List.copyOf(more));
        }

        /** {@return the policy} */
        public PeerPolicy build() {
            return new Ordered(rules);
        }
    }

    /** A rule without the peers that it is about. */
    public static final class Draft {
        private final Rules before;
        private final boolean permits;
        private final Set<PeerAction> actions;
        private final Predicate<String> objectives;

        private Draft(Rules before, boolean permits, Set<PeerAction> actions, Predicate<String> objectives) {
            this.before = before;
            this.permits = permits;
            this.actions = actions;
            this.objectives = objectives;
        }

        /**
         * {@return this rule for some objectives only}
         *
         * @param names the names
         */
        public Draft of(String... names) {
            return new Draft(before, permits, actions, Set.of(names)::contains);
        }

        /**
         * {@return this rule for objectives whose names fit one of some patterns}
         *
         * @param patterns names, in which each {@code *} stands for any characters or none, such as {@code EX*}
         * @throws IllegalArgumentException if a pattern is empty
         */
        public Draft ofMatching(String... patterns) {
            List<NamePattern> wanted =
                    Arrays.stream(patterns).map(NamePattern::new).toList();
            return new Draft(before, permits, actions, objective -> fitsAny(wanted, objective));
        }

        /**
         * {@return the rules with this one, for peers that fit} A peer that is not authenticated never fits.
         *
         * @param peers which peers
         */
        public Rules to(Predicate<PeerIdentity> peers) {
            Objects.requireNonNull(peers, "peers");
            return before.with(new Rule(permits, actions, objectives, peer -> peer != null && peers.test(peer)));
        }

        /**
         * {@return the rules with this one, for peers that do not fit} A rule that denies is then also about peers that
         * are not authenticated; one that permits never is.
         *
         * @param peers which peers
         */
        public Rules unless(Predicate<PeerIdentity> peers) {
            Objects.requireNonNull(peers, "peers");
            boolean denies = !permits;
            return before.with(
                    new Rule(permits, actions, objectives, peer -> peer == null ? denies : !peers.test(peer)));
        }

        /** {@return the rules with this one, for every authenticated peer} */
        public Rules toEveryMember() {
            return to(peer -> true);
        }

        /** {@return the rules with this one, for every peer, also if it is not authenticated} */
        public Rules toEveryPeer() {
            return before.with(new Rule(permits, actions, objectives, peer -> true));
        }
    }

    /**
     * A complete rule.
     *
     * @param objectives the objectives that it is about
     * @param peers the peers that it is about; it is asked about {@code null} for one that is not authenticated
     */
    private record Rule(
            boolean permits,
            Set<PeerAction> actions,
            Predicate<String> objectives,
            Predicate<@Nullable PeerIdentity> peers) {
        boolean fits(@Nullable PeerIdentity peer, PeerAction action, String objective) {
            return actions.contains(action) && objectives.test(objective) && peers.test(peer);
        }
    }

    private record Ordered(List<Rule> rules) implements PeerPolicy {
        @Override
        public boolean permits(PeerIdentity peer, PeerAction action, String objective) {
            return decide(peer, action, objective);
        }

        @Override
        public boolean permitsUnauthenticated(PeerAction action, String objective) {
            return decide(null, action, objective);
        }

        private boolean decide(@Nullable PeerIdentity peer, PeerAction action, String objective) {
            for (Rule rule : rules) {
                if (rule.fits(peer, action, objective)) {
                    return rule.permits();
                }
            }
            return false;
        }
    }
}
