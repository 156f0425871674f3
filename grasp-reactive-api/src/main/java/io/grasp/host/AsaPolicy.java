package io.grasp.host;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The values of an ASA's parameters: flooded ones before those of the operator, and those before the initial ones.
 * Changed on the node's loop; the current values can be read on any thread.
 */
final class AsaPolicy {
    private final String asa;
    private final String version;
    private final Map<String, Value<?>> values = new LinkedHashMap<>();
    private final Consumer<? super HostEvent> events;
    /** The flooded values in force, for all versions of the ASA. */
    private final Map<String, ObjectiveValue> inForce;
    /** The flooded policy that was applied last, read on the thread of the ASA. */
    private volatile @Nullable ObjectiveValue lastFlooded;
    /** The inherited values that were applied last, read on the thread of the ASA. */
    private volatile Map<String, ObjectiveValue> lastInherited = Map.of();

    /**
     * Makes the initial values.
     *
     * @param inForce the flooded values in force by the names of the parameters, which all versions of an ASA share; it
     *     is changed on the loop
     */
    AsaPolicy(AsaManifest manifest, Map<String, ObjectiveValue> inForce, Consumer<? super HostEvent> events) {
        this.asa = manifest.name();
        this.version = manifest.version();
        this.inForce = inForce;
        this.events = events;
        manifest.parameters().forEach(parameter -> values.put(parameter.name(), new Value<>(parameter)));
    }

    /** Where a value comes from. */
    private enum Source {
        INITIAL,
        OPERATOR,
        POLICY
    }

    /** One parameter. */
    private static final class Value<T> {
        private final Parameter<T> parameter;
        private final Sinks.Many<T> changes = Sinks.many().replay().latest();
        private @Nullable T setting;
        private @Nullable T flooded;
        private volatile T current;
        /** The text of the current value, which code of the ASA may have made, and so on its thread. */
        private String text;

        private String floodedText = "";

        Value(Parameter<T> parameter) {
            this.parameter = parameter;
            this.current = parameter.initial();
            this.text = parameter.initialText();
            changes.tryEmitNext(current);
        }

        Source source() {
            return flooded != null ? Source.POLICY : setting != null ? Source.OPERATOR : Source.INITIAL;
        }

        /** Sets what the operator has written, which is of a type of the JDK. */
        @SuppressWarnings("unchecked") // the parameter has parsed it
        void set(@Nullable Object value) {
            setting = value == null ? null : known((T) value);
        }

        /**
         * {@return the object that is in use for an equal value, or the value} Calls code of the ASA, if the type is
         * its own.
         */
        private T known(T value) {
            T used = current;
            return value.equals(used) ? used : value.equals(parameter.initial()) ? parameter.initial() : value;
        }

        /** {@return whether the current value is another one} Compares identities, to call no code of the ASA. */
        @SuppressWarnings("ReferenceEquality")
        boolean update() {
            T next = flooded != null ? flooded : setting != null ? setting : parameter.initial();
            boolean changes = next != current;
            if (changes) {
                current = next;
                text = flooded != null ? floodedText : setting != null ? setting.toString() : parameter.initialText();
                this.changes.tryEmitNext(next);
            }
            return changes;
        }

        /** Reads a flooded value, with code of the ASA. */
        Flooded<T> read(ObjectiveValue value) {
            try {
                T read = known(parameter.read(value));
                return new Flooded<>(this, value, read, Parameter.text(read), null);
            } catch (HostException e) {
                T safe = parameter.safe();
                return safe == null
                        ? new Flooded<>(this, value, null, "", "unchanged, because " + e.getMessage())
                        : new Flooded<>(
                                this, value, safe, Parameter.text(safe), "the safe value, because " + e.getMessage());
            }
        }
    }

    /**
     * What a flooded value means for a parameter.
     *
     * @param written the flooded value
     * @param next the next value, {@code null} to leave the parameter as it is
     * @param text the text of the next value
     * @param unused why the flooded value is not used, {@code null} if it is
     */
    private record Flooded<T>(
            Value<T> value,
            ObjectiveValue written,
            @Nullable T next,
            String text,
            @Nullable String unused) {
        /** {@return whether there is something to tell} */
        boolean apply() {
            if (next != null) {
                value.flooded = next;
                value.floodedText = text;
            }
            return value.update() || unused != null;
        }
    }

    /** A policy that was read. */
    record ReadPolicy(
            List<Flooded<?>> values,
            List<String> unknown,
            @Nullable String wrong) {
        private static final ReadPolicy UNCHANGED = new ReadPolicy(List.of(), List.of(), null);
    }

    /** Sets what the operator has written; other settings of the operator no longer apply. */
    void settings(Map<String, Object> settings) {
        values.forEach((name, value) -> {
            value.set(settings.get(name));
            if (value.update()) {
                events.accept(new HostEvent.ParameterSet(asa, version, name, value.text, "set by the operator"));
            }
        });
    }

    /**
     * Reads a flooded policy, a map from names to values, on the thread of the ASA, one after the other. A policy
     * that is flooded again changes nothing.
     */
    ReadPolicy read(ObjectiveValue policy) {
        if (Objects.equals(policy, lastFlooded)) {
            return ReadPolicy.UNCHANGED;
        }
        try {
            return read(parts(policy));
        } catch (CborException | GraspException e) {
            return new ReadPolicy(List.of(), List.of(), "it is not a map from names to values: " + policy);
        }
    }

    private ReadPolicy read(Map<String, ObjectiveValue> parts) {
        List<Flooded<?>> read = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        parts.forEach((name, part) -> {
            Value<?> value = values.get(name);
            if (value == null) {
                unknown.add(name);
            } else {
                read.add(value.read(part));
            }
        });
        return new ReadPolicy(read, unknown, null);
    }

    /** {@return a copy of the flooded values in force, made on the loop} */
    Map<String, ObjectiveValue> inForce() {
        return Map.copyOf(inForce);
    }

    /**
     * Reads flooded values that another version has received, on the thread of the ASA: floods of the node's own ASAs
     * and those that have expired are not received again.
     *
     * @param flooded the values by the names of the parameters
     */
    ReadPolicy readInherited(Map<String, ObjectiveValue> flooded) {
        return flooded.equals(lastInherited) ? ReadPolicy.UNCHANGED : read(flooded);
    }

    /** Applies inherited values, on the loop. */
    void applyInherited(Map<String, ObjectiveValue> flooded, ReadPolicy read) {
        lastInherited = flooded;
        apply(read);
    }

    /** Applies a flooded policy, on the loop. What does not fit is reported, and changes nothing else. */
    void apply(ObjectiveValue flooded, ReadPolicy read) {
        lastFlooded = flooded;
        apply(read);
    }

    private void apply(ReadPolicy policy) {
        if (policy.wrong() != null) {
            tell("a flooded policy was ignored, because " + policy.wrong());
        }
        for (Flooded<?> flooded : policy.values()) {
            if (flooded.next() != null) {
                inForce.put(flooded.value().parameter.name(), flooded.written());
            }
            if (flooded.apply()) {
                String why = flooded.unused() == null ? "set by a policy" : flooded.unused();
                Value<?> value = flooded.value();
                events.accept(new HostEvent.ParameterSet(asa, version, value.parameter.name(), value.text, why));
            }
        }
        if (!policy.unknown().isEmpty()) {
            tell("a flooded policy has unknown parameters, which are ignored: " + policy.unknown());
        }
    }

    private void tell(String what) {
        events.accept(new HostEvent.Problem(asa, asa + " " + version + ": " + what));
    }

    private static Map<String, ObjectiveValue> parts(ObjectiveValue policy) throws CborException {
        Map<String, ObjectiveValue> parts = new LinkedHashMap<>();
        CborReader reader = policy.content().reader();
        int size = reader.readMapHeader();
        for (int i = 0; size == CborReader.INDEFINITE ? !reader.isBreak() : i < size; i++) {
            String name = reader.readText();
            CborItem value = reader.readItem();
            parts.put(name, ObjectiveValue.ofItem(value));
        }
        return parts;
    }

    <T> T current(Parameter<T> parameter) {
        return value(parameter).current;
    }

    <T> Flux<T> changes(Parameter<T> parameter) {
        return value(parameter).changes.asFlux().onBackpressureLatest();
    }

    @SuppressWarnings("unchecked") // the types are equal
    private <T> Value<T> value(Parameter<T> parameter) {
        Value<?> value = values.get(parameter.name());
        if (value == null || !value.parameter.type().equals(parameter.type())) {
            throw new IllegalArgumentException("the manifest of " + asa + " has no parameter " + parameter.name()
                    + " of type " + parameter.type());
        }
        return (Value<T>) value;
    }

    List<HostedAsaInfo.ParameterInfo> info() {
        return values.values().stream()
                .map(value -> new HostedAsaInfo.ParameterInfo(
                        value.parameter.name(),
                        value.parameter.type(),
                        value.text,
                        value.source().name().toLowerCase(Locale.ROOT),
                        value.parameter.initialText(),
                        value.parameter.bounds(),
                        value.parameter.description()))
                .toList();
    }
}
