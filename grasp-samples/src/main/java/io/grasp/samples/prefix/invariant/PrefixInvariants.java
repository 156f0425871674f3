package io.grasp.samples.prefix.invariant;

import io.grasp.samples.prefix.Prefix;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What must hold for the managers of a network at every moment, also during negotiations, crashes and partitions. The
 * holdings must be of one moment. Each method returns a description of every violation.
 */
public final class PrefixInvariants {
    private PrefixInvariants() {}

    private record Held(Prefix prefix, String manager) {}

    /**
     * No prefix is allocated twice: nothing is usable by two managers, and the prefixes of one manager that it may use
     * or offers do not overlap.
     *
     * @param managers all managers
     * @return the violations, empty if it holds
     */
    public static List<String> allocatedTwice(Collection<Holdings> managers) {
        List<String> violations = new ArrayList<>();
        overlaps(managers.stream().flatMap(each -> held(each, each.usable())), violations);
        for (Holdings manager : managers) {
            overlaps(held(manager, manager.own().toList()), violations);
        }
        return violations.stream().distinct().toList();
    }

    private static Stream<Held> held(Holdings manager, List<Prefix> prefixes) {
        return prefixes.stream().map(prefix -> new Held(prefix, manager.manager()));
    }

    /** In order, a prefix stands before those that it contains: it is enough to look at those that are still open. */
    private static void overlaps(Stream<Held> prefixes, List<String> violations) {
        Deque<Held> open = new ArrayDeque<>();
        prefixes.sorted((one, other) -> one.prefix().compareTo(other.prefix())).forEach(each -> {
            while (!open.isEmpty() && !open.peek().prefix().contains(each.prefix())) {
                open.pop();
            }
            if (!open.isEmpty()) {
                Held outer = open.peek();
                violations.add(each.prefix() + " of " + each.manager() + " is allocated twice: it overlaps "
                        + outer.prefix() + " of " + outer.manager());
            }
            open.push(each);
        });
    }

    /**
     * No prefix is lost but the doubtful ones: each address that an operator gave to a manager is usable by a manager,
     * offered by one, or in doubt.
     *
     * @param managers all managers, none missing, for example those that are down
     * @return the violations, empty if it holds
     */
    public static List<String> lost(Collection<Holdings> managers) {
        List<Prefix> known =
                disjoint(managers.stream().flatMap(each -> Stream.concat(each.own(), each.doubtful().stream())));
        List<String> violations = new ArrayList<>();
        for (Holdings manager : managers) {
            for (Prefix seed : manager.seeds()) {
                missing(
                        seed,
                        known,
                        lost -> violations.add(
                                lost + ", which is part of " + seed + " of " + manager.manager() + ", is lost"));
            }
        }
        return violations;
    }

    /** {@return the prefixes in order, without those that another one contains} */
    private static List<Prefix> disjoint(Stream<Prefix> prefixes) {
        List<Prefix> disjoint = new ArrayList<>();
        prefixes.sorted().forEach(each -> {
            if (disjoint.isEmpty() || !disjoint.get(disjoint.size() - 1).contains(each)) {
                disjoint.add(each);
            }
        });
        return disjoint;
    }

    private static void missing(Prefix part, List<Prefix> known, Consumer<Prefix> lost) {
        List<Prefix> within = known.stream().filter(part::overlaps).toList();
        if (within.isEmpty()) {
            lost.accept(part);
        } else if (size(within).compareTo(part.size()) < 0) {
            part.halves().forEach(half -> missing(half, within, lost));
        }
    }

    private static BigInteger size(List<Prefix> disjoint) {
        return disjoint.stream().map(Prefix::size).reduce(BigInteger.ZERO, BigInteger::add);
    }
}
