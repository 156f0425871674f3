package io.grasp.engine.registry;

import io.grasp.config.AsaLimits;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.node.Numbered;
import io.grasp.engine.node.PageRange;
import io.grasp.engine.node.PageRange.Slice;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.util.LazyMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ASAs of a node and the objectives they have registered (RFC 8991 section 2.3.3). */
public final class Registry {
    private final Limits limits;
    /** The ASAs of each name: one, or several versions of which each succeeds the one before it. */
    private final Map<String, List<RegisteredAsa>> asas = new LazyMap<>();

    private int size;
    private final Map<String, List<Registration>> objectives = new LazyMap<>();
    /** The number of registrations for each maximum message size. */
    private final NavigableMap<Integer, Integer> messageSizes = new TreeMap<>();

    private int registrations;
    private final LongSupplier nanoTime;
    private long created;

    /** @param nanoTime the time on the node's clock */
    public Registry(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    public RegisteredAsa add(String name, AsaLimits ofAsa) {
        if (asas.containsKey(name)) {
            throw GraspException.local(GraspErrorCode.DUPLICATE_ASA, "an ASA named " + name + " is registered");
        }
        return create(name, ofAsa);
    }

    /**
     * Adds an ASA with the name and the bounds of another one, which it succeeds: it may register the same objectives,
     * and requests are offered to it first.
     */
    public RegisteredAsa addSuccessor(RegisteredAsa asa) {
        List<RegisteredAsa> versions = versions(asa.name());
        if (versions.get(versions.size() - 1) != asa) {
            throw GraspException.local(
                    GraspErrorCode.DUPLICATE_ASA, "the ASA " + asa.name() + " already has a successor");
        }
        return create(asa.name(), asa.limits);
    }

    private RegisteredAsa create(String name, AsaLimits ofAsa) {
        if (size >= limits.asas()) {
            throw GraspException.local(
                    GraspErrorCode.ASA_FULL, "this node already has " + limits.asas() + " ASAs, its maximum");
        }
        RegisteredAsa asa = new RegisteredAsa(name, ofAsa, this, ++created, nanoTime.getAsLong());
        asas.computeIfAbsent(name, first -> new ArrayList<>(1)).add(asa);
        size++;
        return asa;
    }

    private List<RegisteredAsa> versions(String name) {
        return asas.getOrDefault(name, List.of());
    }

    public boolean contains(RegisteredAsa asa) {
        return versions(asa.name()).contains(asa);
    }

    public List<RegisteredAsa> asas() {
        return asas.values().stream().flatMap(List::stream).toList();
    }

    public void remove(RegisteredAsa asa) {
        List<RegisteredAsa> versions = asas.get(asa.name());
        if (versions != null && versions.remove(asa)) {
            size--;
            if (versions.isEmpty()) {
                asas.remove(asa.name());
            }
            objectives
                    .values()
                    .forEach(list -> list.removeIf(registration -> {
                        boolean theirs = registration.asa == asa;
                        if (theirs) {
                            discount(registration);
                        }
                        return theirs;
                    }));
            objectives.values().removeIf(List::isEmpty);
        }
    }

    public Registration add(RegisteredAsa asa, Objective objective, RegistrationOptions options) {
        requireConsistentFlags(objective);
        List<Registration> others = objectives.getOrDefault(objective.name(), List.of());
        int position = others.size();
        for (int i = others.size() - 1; i >= 0; i--) {
            Registration other = others.get(i);
            boolean succeeds = other.asa != asa && other.asa.name().equals(asa.name());
            if (succeeds) {
                position = i;
            } else if (other.asa == asa || !other.options.overlap() || !options.overlap()) {
                throw GraspException.local(GraspErrorCode.OBJECTIVE_REGISTERED, heldBy(other.asa, asa))
                        .about(objective.name());
            }
        }
        if (registrations >= limits.objectives()) {
            throw GraspException.local(
                            GraspErrorCode.OBJECTIVES_FULL,
                            "this node already has " + limits.objectives() + " registered objectives, its maximum")
                    .about(objective.name());
        }
        int mostOfAsa = asa.limits.objectives();
        if (registrations >= mostOfAsa && registrationsOf(asa).size() >= mostOfAsa) {
            throw GraspException.local(
                            GraspErrorCode.OBJECTIVES_FULL,
                            "the ASA " + asa.name() + " already has " + mostOfAsa
                                    + " registered objectives, its maximum")
                    .about(objective.name());
        }
        Registration registration = new Registration(asa, objective, options, ++created, nanoTime.getAsLong());
        objectives.computeIfAbsent(objective.name(), name -> new ArrayList<>(1)).add(position, registration);
        registrations++;
        messageSizes.merge(options.maxMessageBytes(), 1, Integer::sum);
        return registration;
    }

    private static String heldBy(RegisteredAsa holder, RegisteredAsa asa) {
        return holder == asa
                ? "by " + holder.name() + " itself, which must deregister it first: to retry a chain that registers,"
                        + " put the retry behind a usingWhen that ends with Asa::deregister (docs/recipes.md)"
                : "by " + holder.name() + ", which must deregister it first, unless both allow overlap";
    }

    public void remove(Registration registration) {
        List<Registration> list = objectives.get(registration.objective.name());
        if (list != null && list.remove(registration)) {
            discount(registration);
            if (list.isEmpty()) {
                objectives.remove(registration.objective.name());
            }
        }
    }

    private void discount(Registration registration) {
        registrations--;
        messageSizes.computeIfPresent(
                registration.options.maxMessageBytes(), (size, count) -> count == 1 ? null : count - 1);
    }

    /** {@return the number of registered objectives} */
    public int registrations() {
        return registrations;
    }

    /** {@return the number of ASAs} */
    public int size() {
        return size;
    }

    /** {@return a page of the ASAs} */
    public Slice<AsaEntry> asaEntries(PageRange range) {
        long now = nanoTime.getAsLong();
        return range.of(asas(), asa -> asa.entry(now, objectivesOf(asa)));
    }

    private List<String> objectivesOf(RegisteredAsa asa) {
        return registrationsOf(asa).stream()
                .map(registration -> registration.objective.name())
                .toList();
    }

    /** {@return the registrations of an ASA, in their order} */
    public List<Registration> registrationsOf(RegisteredAsa asa) {
        return all().stream()
                .filter(registration -> registration.asa == asa)
                .sorted(Comparator.comparingLong(Registration::number))
                .toList();
    }

    private List<Registration> all() {
        return objectives.values().stream().flatMap(List::stream).toList();
    }

    /** {@return a page of the registrations} */
    public Slice<ObjectiveEntry> objectiveEntries(PageRange range) {
        long now = nanoTime.getAsLong();
        return range.of(all(), registration -> registration.entry(now, range.valueBytes()));
    }

    /** Reports the sessions of all ASAs, each with what an operator sees of it. */
    public void inspectSessions(BiConsumer<Numbered, Supplier<SessionEntry>> sessions) {
        asas().forEach(asa -> asa.inspectSessions(sessions));
    }

    /** Reports the bounds, and what is used of them. */
    public void limits(Consumer<LimitUse> uses) {
        uses.accept(new LimitUse("Limits.asas", size, limits.asas(), Unit.COUNT));
        uses.accept(new LimitUse("Limits.objectives", registrations, limits.objectives(), Unit.COUNT));
    }

    /** {@return whether a registration has not been removed} */
    public boolean contains(Registration registration) {
        return objectives.getOrDefault(registration.objective.name(), List.of()).contains(registration);
    }

    /** {@return whether any ASA has registered an objective} */
    public boolean isRegistered(String name) {
        return objectives.containsKey(name);
    }

    /** {@return the ASA's own registration of an objective} */
    public Registration require(RegisteredAsa asa, String name) {
        Registration own = get(asa, name);
        if (own == null) {
            throw GraspException.local(
                            GraspErrorCode.NOT_YOUR_OBJECTIVE,
                            objectives.containsKey(name) ? "another ASA has registered it" : "no ASA has registered it")
                    .about(name);
        }
        return own;
    }

    /** {@return the ASA's own registration of an objective, or {@code null} if it has none} */
    @Nullable
    Registration get(RegisteredAsa asa, String name) {
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            if (registration.asa == asa) {
                return registration;
            }
        }
        return null;
    }

    /** {@return the first matching registration of an objective, except those of one ASA} */
    public @Nullable Registration find(String name, @Nullable String exceptAsa, Predicate<Registration> fits) {
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            if (!registration.asa.name().equals(exceptAsa) && fits.test(registration)) {
                return registration;
            }
        }
        return null;
    }

    /** {@return the maximum size of a message about an objective} */
    public int maxBytes(String name) {
        int longest = limits.message().maxBytes();
        for (Registration registration : objectives.getOrDefault(name, List.of())) {
            longest = Math.max(longest, registration.options.maxMessageBytes());
        }
        return longest;
    }

    /** {@return the maximum size of a message whose objective is not known yet} */
    public int maxBytes() {
        int usual = limits.message().maxBytes();
        return messageSizes.isEmpty() ? usual : Math.max(usual, messageSizes.lastKey());
    }

    /** Checks that RFC 8991 section 2.3.2.4 allows an objective's flags. */
    public static void requireConsistentFlags(Objective objective) {
        if (objective.isNegotiable() && objective.isSynchronizable()) {
            throw GraspException.local(GraspErrorCode.NOT_BOTH, "use two objectives")
                    .about(objective.name());
        }
        if (objective.isDryRun() && !objective.isNegotiable()) {
            throw GraspException.local(GraspErrorCode.NOT_DRY, "the objective is not for negotiation")
                    .about(objective.name());
        }
    }
}
