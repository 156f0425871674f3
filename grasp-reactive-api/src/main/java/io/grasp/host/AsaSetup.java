package io.grasp.host;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** An ASA that a host is to run, with the values that the operator has set. Immutable. */
public final class AsaSetup {
    private final InstalledAsa code;
    private final Map<String, Object> values;

    private AsaSetup(InstalledAsa code, Map<String, Object> values) {
        this.code = Objects.requireNonNull(code, "code");
        this.values = Map.copyOf(values);
    }

    /**
     * {@return an ASA with its initial parameters}
     *
     * @param code its code
     */
    public static AsaSetup of(InstalledAsa code) {
        return new AsaSetup(code, Map.of());
    }

    /**
     * An ASA with other values of its parameters. The checks of the parameters are called.
     *
     * @param code its code
     * @param settings the values as text, by the names of the parameters
     * @return the setup
     * @throws HostException {@link HostException.Kind#BAD_SETTING} if there is no such parameter, or a value does not
     *     fit
     */
    public static AsaSetup of(InstalledAsa code, Map<String, String> settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        settings.forEach((name, text) ->
                values.put(name, parameter(code.manifest(), name).parse(text)));
        return new AsaSetup(code, values);
    }

    private static Parameter<?> parameter(AsaManifest manifest, String name) {
        return manifest.parameters().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HostException(
                        HostException.Kind.BAD_SETTING,
                        manifest.name() + " has no parameter " + name
                                + (manifest.parameters().isEmpty()
                                        ? ""
                                        : "; it has "
                                                + String.join(
                                                        ", ",
                                                        manifest.parameters().stream()
                                                                .map(Parameter::name)
                                                                .toList()))));
    }

    /** {@return its code} */
    public InstalledAsa code() {
        return code;
    }

    /** {@return the values that the operator has set, by the names of the parameters} */
    Map<String, Object> values() {
        return values;
    }
}
