package io.grasp.host;

import java.lang.module.ModuleDescriptor.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an ASA is, and what it needs (the manifest of RFC 9222 section 7.2.3). Start from {@link #of}.
 *
 * @param name its name, under which it is registered, and that of its directory: letters, digits and
 *     {@code . _ : -}, at most 64, beginning with a letter or a digit
 * @param version its version, as in {@code 1.0.2}; versions are compared like those of Java modules
 * @param description what it does, in one line
 * @param needs the names of the ASAs that must be operational before it is started
 * @param objectives the objectives that it will register
 * @param parameters its parameters
 * @param exclusive whether two versions of it cannot run at the same time, for example because both would use the same
 *     file. A new version then starts only when the old one has ended, with a gap
 */
public record AsaManifest(
        String name,
        String version,
        String description,
        List<String> needs,
        List<String> objectives,
        List<Parameter<?>> parameters,
        boolean exclusive) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

    /** Checks and copies the components. */
    public AsaManifest {
        requireName(name);
        Objects.requireNonNull(description, "description");
        if (version.length() > 64 || version.isEmpty()) {
            throw new IllegalArgumentException("the version of " + name + " must have 1 to 64 characters");
        }
        try {
            Version.parse(version);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + version + "' is not a version: " + e.getMessage() + " (" + name + ")");
        }
        needs = List.copyOf(needs);
        objectives = List.copyOf(objectives);
        parameters = List.copyOf(parameters);
        if (needs.contains(name)) {
            throw new IllegalArgumentException(name + " needs itself");
        }
        Set<String> names = new HashSet<>();
        for (Parameter<?> parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException(name + " has two parameters named " + parameter.name());
            }
        }
    }

    private static void requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is not a name of an ASA, which has letters, digits and"
                    + " ._:-, at most 64, and begins with a letter or a digit");
        }
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * A manifest of an ASA without needs and parameters.
     *
     * @param name its name
     * @param version its version
     * @return the manifest
     */
    public static AsaManifest of(String name, String version) {
        return new AsaManifest(name, version, "", List.of(), List.of(), List.of(), false);
    }

    /**
     * {@return this manifest with a description}
     *
     * @param newDescription what the ASA does, in one line
     */
    public AsaManifest withDescription(String newDescription) {
        return new AsaManifest(name, version, newDescription, needs, objectives, parameters, exclusive);
    }

    /**
     * {@return this manifest with other needs}
     *
     * @param newNeeds the names of ASAs
     */
    public AsaManifest withNeeds(String... newNeeds) {
        return new AsaManifest(name, version, description, List.of(newNeeds), objectives, parameters, exclusive);
    }

    /**
     * {@return this manifest with other objectives}
     *
     * @param newObjectives their names
     */
    public AsaManifest withObjectives(String... newObjectives) {
        return new AsaManifest(name, version, description, needs, List.of(newObjectives), parameters, exclusive);
    }

    /**
     * {@return this manifest with other parameters}
     *
     * @param newParameters the parameters
     */
    public AsaManifest withParameters(Parameter<?>... newParameters) {
        return new AsaManifest(name, version, description, needs, objectives, List.of(newParameters), exclusive);
    }

    /**
     * {@return this manifest for an ASA of which two versions can run at the same time, or not}
     *
     * @param newExclusive whether they cannot
     */
    public AsaManifest withExclusive(boolean newExclusive) {
        return new AsaManifest(name, version, description, needs, objectives, parameters, newExclusive);
    }

    /**
     * {@return the name of the objective whose flooded values set the parameters of the ASA} As in RFC 8992 section 6,
     * it is the name with {@code .Params}; the value is a map from the names of parameters to their values.
     */
    public String policyObjective() {
        return name + ".Params";
    }

    Version comparable() {
        return Version.parse(version);
    }
}
