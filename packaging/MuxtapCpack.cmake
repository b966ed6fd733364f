# cpack: a .deb and, where rpmbuild is installed, an .rpm of every package that was described.
set(CPACK_PACKAGE_NAME muxtap)
set(CPACK_PACKAGE_VENDOR "muxtap contributors")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL ${MUXTAP_PACKAGES})
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_GENERATOR DEB)
find_program(RPMBUILD rpmbuild)
if(RPMBUILD)
  list(APPEND CPACK_GENERATOR RPM)
endif()

# Who answers for packages that are handed on; a distributor puts in its own.
set(MUXTAP_MAINTAINER "muxtap contributors <muxtap@localhost>" CACHE STRING "Maintainer of the packages")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${MUXTAP_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
# Folders that other packages own.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /usr/lib/sysctl.d /usr/lib/systemd /usr/lib/systemd/system /usr/share/bash-completion
  /usr/share/bash-completion/completions /usr/share/man /usr/share/man/man1)

foreach(name ${MUXTAP_PACKAGES})
  set(folder ${packaging_folder}/${name})
  string(TOUPPER ${name} upper)
  list(JOIN ${name}_TEXT "\n" text)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${${name}_SUMMARY}\n${text}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME muxtap-${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION video)
  foreach(relation DEPENDS RECOMMENDS SUGGESTS)
    list(JOIN ${name}_DEB_${relation} ", " CPACK_DEBIAN_${upper}_PACKAGE_${relation})
  endforeach()
  set(CPACK_RPM_${upper}_PACKAGE_NAME muxtap-${name})
  set(CPACK_RPM_${upper}_PACKAGE_SUMMARY "${${name}_SUMMARY}")
  set(CPACK_RPM_${upper}_PACKAGE_DESCRIPTION "${text}")
  list(JOIN ${name}_RPM_REQUIRES ", " CPACK_RPM_${upper}_PACKAGE_REQUIRES)
  if(${name}_UNIT)
    set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA
      ${folder}/postinst ${folder}/prerm ${folder}/postrm ${folder}/conffiles)
    set(CPACK_RPM_${upper}_POST_INSTALL_SCRIPT_FILE ${folder}/rpm_post)
    set(CPACK_RPM_${upper}_PRE_UNINSTALL_SCRIPT_FILE ${folder}/rpm_preun)
    set(CPACK_RPM_${upper}_POST_UNINSTALL_SCRIPT_FILE ${folder}/rpm_postun)
    set(CPACK_RPM_${upper}_USER_FILELIST "%config(noreplace) /etc/muxtap/${name}.env")
  endif()
endforeach()

# cpack takes what is there: the target makes it first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
include(CPack)

set(programs ${MUXTAP_PACKAGES})
list(TRANSFORM programs PREPEND muxtap-)
add_custom_target(packages
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${CPACK_PACKAGE_DIRECTORY}
  COMMAND ${CMAKE_CPACK_COMMAND} --config ${CMAKE_BINARY_DIR}/CPackConfig.cmake
  DEPENDS ${programs} muxtap_documents_of_programs muxtap_files_of_packages
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
  USES_TERMINAL VERBATIM)
