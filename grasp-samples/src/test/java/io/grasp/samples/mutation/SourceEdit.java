package io.grasp.samples.mutation;

/**
 * A change of the source: a sequence of tokens that occurs once, and its replacement.
 *
 * @param snippet the replaced code, in any format
 * @param replacement the new code, may be empty; classes of the project need neither a package nor an import
 */
public record SourceEdit(String snippet, String replacement) {}
