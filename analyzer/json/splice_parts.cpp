#include "analyzer/json/fields.h"

namespace muxtap::analyzer::json {
namespace {

void value(Writer& writer, const Segmentation& segmentation) {
    const Object object(writer);
    field(writer, "event_id", segmentation.event_id);
    field(writer, "cancel", segmentation.cancel);
    if (segmentation.cancel) return;
    field(writer, "type_id", segmentation.type_id);
    field_if_known(writer, "type", segmentation.type);
    field(writer, "duration_90khz", segmentation.duration);
    field(writer, "upid_type", segmentation.upid_type);
    field_if_known(writer, "upid", segmentation.upid);
    field(writer, "segment_number", segmentation.segment_number);
    field(writer, "segments_expected", segmentation.segments_expected);
}

}  // namespace

void value(Writer& writer, const Splice& splice) {
    const Object object(writer);
    field(writer, "command", key_name(splice.command));
    field(writer, "command_type", splice.command_type);
    field(writer, "pts_adjustment_90khz", splice.pts_adjustment);
    field(writer, "tier", splice.tier);
    field(writer, "pts_90khz", splice.pts);
    field(writer, "preroll_ns", splice.preroll_ns);
    field(writer, "immediate", splice.immediate);
    field(writer, "cancel", splice.cancel);
    field(writer, "out_of_network", splice.out_of_network);
    field(writer, "event_id", splice.event_id);
    field(writer, "duration_90khz", splice.duration);
    field(writer, "auto_return", splice.auto_return);
    field(writer, "unique_program_id", splice.unique_program_id);
    field(writer, "avail", splice.avail);
    field(writer, "avails_expected", splice.avails_expected);
    field(writer, "components", splice.components);
    key(writer, "segmentations");
    {
        const Array array(writer);
        for (const Segmentation& segmentation : splice.segmentations) value(writer, segmentation);
    }
    field(writer, "section_base64", splice.section_base64);
}

}  // namespace muxtap::analyzer::json
